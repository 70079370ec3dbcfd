"""Frames between the server and a predictor: four bytes of length (big-endian), one byte of kind, then JSON."""

import json
import math
import struct

HELLO = b"H"
PREDICT = b"P"
RESULT = b"R"
ERROR = b"E"

_LENGTH = struct.Struct(">I")
MAX_FRAME = 256 << 20


class Closed(Exception):
    """The server closed its end."""


def read_frame(stream):
    """Returns (kind, payload); raises Closed at the end of the stream."""
    size = _LENGTH.unpack(_read_exactly(stream, _LENGTH.size))[0]
    if not 0 < size <= MAX_FRAME:
        raise ValueError(f"a frame of {size} bytes")
    body = _read_exactly(stream, size)
    return body[:1], body[1:]


def write_frame(stream, kind, payload):
    stream.write(_LENGTH.pack(len(payload) + 1) + kind)
    stream.write(payload)
    stream.flush()


def dumps(value):
    """JSON; numbers that it lacks become the strings that protobuf's JSON uses."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":")).encode()


def _finite(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _read_exactly(stream, size):
    parts = []
    while size:
        part = stream.read(size)
        if not part:
            raise Closed()
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
