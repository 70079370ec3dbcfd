"""A model in ONNX's format, without its package."""
import struct


def field(number, content):
    """A field of a protocol buffer: a whole number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def linear_model():
    """An ONNX model of y = a + 2 b + 3 c + 0.5."""

    def tensor(name, shape, values):
        dims = b"".join(field(1, size) for size in shape)
        return dims + field(2, 1) + field(4, struct.pack(f"<{len(values)}f", *values)) + field(8, name)

    def value(name, columns):
        dims = field(1, field(2, "N")) + field(1, field(1, columns))
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))

    def node(operator, inputs, output):
        return b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, operator)

    graph = field(1, node("MatMul", ["x", "w"], "xw")) + field(1, node("Add", ["xw", "b"], "y")) + field(2, "graph")
    graph += field(5, tensor("w", [3, 1], [1, 2, 3])) + field(5, tensor("b", [1], [0.5]))
    graph += field(11, value("x", 3)) + field(12, value("y", 1))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))
