using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc.Json;
using Cairn.Serving.Json;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>Numbers, read straight into the tensor's memory.</summary>
/// <param name="info">The input.</param>
/// <param name="convert">From JSON's double; throws <see cref="OverflowException"/> where it does not fit.</param>
/// <param name="integral">Whether a number with a fraction is refused.</param>
internal sealed class NumericBinding<T>(OnnxValueInfo info, Func<double, T> convert, bool integral) : InputBinding(info)
    where T : unmanaged
{
    protected override void Fill(OnnxValue tensor, Column column, BatchShape shape)
    {
        var elements = tensor.Span<T>();
        var size = shape.Size;
        for (var i = 0; i < column.Count; i++)
        {
            var value = column[i, Info.Name];
            var used =
                shape.Bare && value.KindCase != Value.KindOneofCase.ListValue
                    ? Store(value, elements.Slice(i, 1), column.First + i)
                    : Fill(value, elements.Slice(i * size, size), shape.Instance, 0, column.First + i);
            if (used != size)
            {
                throw BatchShape.Mismatch(Info, column.First + i, value);
            }
        }
    }

    /// <summary>Writes nested lists row by row; returns how many elements there were, or -1 where the shape is another.</summary>
    private int Fill(Value value, Span<T> target, int[] shape, int depth, int index)
    {
        if (depth == shape.Length)
        {
            return Store(value, target, index);
        }

        if (value.KindCase != Value.KindOneofCase.ListValue || value.ListValue.Values.Count != shape[depth])
        {
            return -1;
        }

        var used = 0;
        foreach (var item in value.ListValue.Values)
        {
            var count = Fill(item, target[used..], shape, depth + 1, index);
            if (count < 0)
            {
                return -1;
            }

            used += count;
        }

        return used;
    }

    private int Store(Value value, Span<T> target, int index)
    {
        var number = value.KindCase switch
        {
            Value.KindOneofCase.NumberValue => value.NumberValue,
            Value.KindOneofCase.BoolValue => value.BoolValue ? 1 : 0,
            Value.KindOneofCase.NullValue when !integral => double.NaN,
            Value.KindOneofCase.StringValue when !integral && SpecialNumbers.TryRead(value.StringValue, out var special) => special,
            Value.KindOneofCase.ListValue or Value.KindOneofCase.StructValue => throw BatchShape.Mismatch(Info, index, value),
            _ => throw StatusException.InvalidArgument(
                $"`instances[{index}]` has {ValueText.Of(value)} for input '{Info.Name}', which takes {Info.ElementType.ToString().ToLowerInvariant()} numbers."
            ),
        };
        if (integral && !double.IsInteger(number))
        {
            throw StatusException.InvalidArgument(
                $"`instances[{index}]` has {ValueText.Of(value)} for input '{Info.Name}', which takes whole numbers ({Info.ElementType.ToString().ToLowerInvariant()})."
            );
        }

        try
        {
            target[0] = convert(number);
        }
        catch (OverflowException)
        {
            throw StatusException.InvalidArgument(
                $"`instances[{index}]` has {ValueText.Of(value)} for input '{Info.Name}', which does not fit {Info.ElementType.ToString().ToLowerInvariant()}."
            );
        }

        return 1;
    }
}
