using System.Globalization;
using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Serving.Express;
using Cairn.Serving.Json;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>
/// Turns a batch's outputs into one prediction for each instance: the value itself where the model has one output, else an object by output
/// name. A dimension of one that follows the batch (<c>float[?,1]</c>) stays a list of one, as the model declares it.
/// </summary>
internal static class OutputReader
{
    /// <exception cref="StatusException">FAILED_PRECONDITION where an output has not one row for each instance.</exception>
    public static void Read(IReadOnlyList<OnnxValueInfo> infos, OnnxValue[] outputs, int count, RepeatedField<Value> predictions)
    {
        if (outputs.Length == 1)
        {
            Rows(infos[0], outputs[0], count, predictions.Add);
            return;
        }

        var first = predictions.Count;
        for (var i = 0; i < count; i++)
        {
            predictions.Add(new Value { StructValue = new Struct() });
        }

        for (var o = 0; o < outputs.Length; o++)
        {
            var row = first;
            var name = infos[o].Name;
            Rows(infos[o], outputs[o], count, value => predictions[row++].StructValue.Fields[name] = value);
        }
    }

    private static void Rows(OnnxValueInfo info, OnnxValue output, int count, Action<Value> add)
    {
        switch (output.Kind)
        {
            case OnnxValueKind.Tensor when output.Shape.Length > 0 && output.Shape[0] == count:
                TensorRows(output, count, add);
                break;
            case OnnxValueKind.Sequence when output.ItemCount() == count:
                for (var i = 0; i < count; i++)
                {
                    using var item = output.Item(i);
                    add(Whole(item));
                }

                break;
            default:
                throw StatusException.FailedPrecondition(
                    $"The model's output '{info.Name}' is a {Describe(output)}, which has not one row for each of {count} instances; the model cannot be served in batches."
                );
        }
    }

    private static void TensorRows(OnnxValue output, int count, Action<Value> add)
    {
        var shape = output.Shape[1..].ToArray();
        var size = (int)(output.Length / count);
        var leaf = Leaf(output);
        for (var i = 0; i < count; i++)
        {
            add(Nested(leaf, i * size, shape));
        }
    }

    private static Value Whole(OnnxValue value)
    {
        switch (value.Kind)
        {
            case OnnxValueKind.Tensor:
                return Nested(Leaf(value), 0, value.Shape.ToArray());
            case OnnxValueKind.Map:
                using (var keys = value.Item(0))
                using (var values = value.Item(1))
                {
                    var fields = new Struct();
                    var (key, field) = (Leaf(keys), Leaf(values));
                    for (var i = 0; i < keys.Length; i++)
                    {
                        fields.Fields[Text(key(i))] = field(i);
                    }

                    return new Value { StructValue = fields };
                }

            default:
                var items = new ListValue();
                for (var i = 0; i < value.ItemCount(); i++)
                {
                    using var item = value.Item(i);
                    items.Values.Add(Whole(item));
                }

                return new Value { ListValue = items };
        }
    }

    private static Value Nested(Func<int, Value> leaf, int offset, ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0)
        {
            return leaf(offset);
        }

        var list = new ListValue();
        var stride = 1;
        foreach (var dimension in shape[1..])
        {
            stride *= (int)dimension;
        }

        for (var i = 0; i < shape[0]; i++)
        {
            list.Values.Add(Nested(leaf, offset + (i * stride), shape[1..]));
        }

        return new Value { ListValue = list };
    }

    /// <summary>Reads single elements of a tensor, which must stay alive as long as the reader.</summary>
    private static Func<int, Value> Leaf(OnnxValue tensor)
    {
        switch (tensor.ElementType)
        {
            // A float goes by its shortest decimal, so that 0.1f is 0.1 to the client and not 0.10000000149011612.
            case OnnxElementType.Float:
                return i => Number(DecimalText.Widen(tensor.Span<float>()[i]));
            case OnnxElementType.Double:
                return i => Number(tensor.Span<double>()[i]);
            case OnnxElementType.Float16:
                return i => Number((double)tensor.Span<Half>()[i]);
            case OnnxElementType.Int64:
                return i => Number(tensor.Span<long>()[i]);
            case OnnxElementType.Int32:
                return i => Number(tensor.Span<int>()[i]);
            case OnnxElementType.Int16:
                return i => Number(tensor.Span<short>()[i]);
            case OnnxElementType.Int8:
                return i => Number(tensor.Span<sbyte>()[i]);
            case OnnxElementType.UInt64:
                return i => Number(tensor.Span<ulong>()[i]);
            case OnnxElementType.UInt32:
                return i => Number(tensor.Span<uint>()[i]);
            case OnnxElementType.UInt16:
                return i => Number(tensor.Span<ushort>()[i]);
            case OnnxElementType.UInt8:
                return i => Number(tensor.Span<byte>()[i]);
            case OnnxElementType.Bool:
                return i => new Value { BoolValue = tensor.Span<byte>()[i] != 0 };
            case OnnxElementType.String:
                var strings = tensor.Strings();
                return i => new Value { StringValue = strings[i] };
            default:
                throw StatusException.FailedPrecondition($"The model answers with {Describe(tensor)}, which JSON cannot express.");
        }
    }

    /// <summary>A number; what JSON has no number for is text, as in protobuf's JSON.</summary>
    private static Value Number(double number) =>
        double.IsFinite(number) ? new Value { NumberValue = number } : new Value { StringValue = SpecialNumbers.Text(number) };

    private static string Text(Value key) =>
        key.KindCase == Value.KindOneofCase.StringValue ? key.StringValue : key.NumberValue.ToString(CultureInfo.InvariantCulture);

    private static string Describe(OnnxValue value) =>
        value.Kind == OnnxValueKind.Tensor
            ? $"{value.ElementType.ToString().ToLowerInvariant()}{OnnxValueInfo.FormatShape(value.Shape.ToArray().AsEnumerable())}"
            : value.Kind.ToString().ToLowerInvariant();
}
