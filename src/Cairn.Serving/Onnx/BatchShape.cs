using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>
/// How instances lie in an input's tensor. The first dimension is the batch; the rest is an instance's own shape, taken from the model, and
/// from the first instance where the model leaves it open. Where the model wants one value in a dimension (<c>float[?,1]</c>), a bare
/// number is as good as a list of one.
/// </summary>
internal readonly record struct BatchShape(long[] Dimensions, int[] Instance, bool Bare)
{
    private const long MaxElements = 1L << 28;

    /// <summary>Elements of one instance.</summary>
    public int Size
    {
        get
        {
            var size = 1;
            foreach (var dimension in Instance)
            {
                size *= dimension;
            }

            return size;
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT with the input, its shape, and the shape that the first instance has.</exception>
    public static BatchShape Of(OnnxValueInfo info, Column column)
    {
        var declared = info.Shape;
        var first = column[0, info.Name];
        if (declared.Count == 0)
        {
            // The model says nothing of the shape: an instance's own, below a batch dimension.
            var open = ShapeOf(first);
            return Checked(info, [column.Count, .. open.Select(d => (long)d)], [.. open], bare: false);
        }

        if (declared[0] >= 0 && declared[0] != column.Count)
        {
            throw StatusException.InvalidArgument(
                $"Input '{info.Name}' is {info}: the model takes exactly {declared[0]} instances at once; {column.Count} were given."
            );
        }

        var given = ShapeOf(first);
        var expected = declared.Skip(1).ToArray();
        var bare = given.Count == 0 && expected is [1] or [-1];
        var instance = bare ? [1] : given.ToArray();
        if (!bare && !Fits(expected, given))
        {
            throw Mismatch(info, column.First, first);
        }

        return Checked(info, [column.Count, .. instance.Select(d => (long)d)], instance, bare);
    }

    public static StatusException Mismatch(OnnxValueInfo info, int index, Value value) =>
        StatusException.InvalidArgument(
            $"`instances[{index}]` has for input '{info.Name}' a value of shape {OnnxValueInfo.FormatShape(ShapeOf(value).Select(d => (long)d))}; the model takes {info}, so an instance must have shape {OnnxValueInfo.FormatShape(info.Shape.Skip(1))}."
        );

    private static BatchShape Checked(OnnxValueInfo info, long[] dimensions, int[] instance, bool bare)
    {
        var elements = 1L;
        foreach (var dimension in dimensions)
        {
            elements = Math.Min(MaxElements + 1, elements * Math.Max(1, dimension));
        }

        return elements <= MaxElements
            ? new BatchShape(dimensions, instance, bare)
            : throw StatusException.InvalidArgument(
                $"Input '{info.Name}' would have shape {OnnxValueInfo.FormatShape(dimensions)}; a tensor may have {MaxElements} elements. Send fewer instances at once."
            );
    }

    private static bool Fits(long[] expected, List<int> given)
    {
        if (expected.Length != given.Count)
        {
            return false;
        }

        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] >= 0 && expected[i] != given[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The shape of nested lists, by their first elements.</summary>
    private static List<int> ShapeOf(Value value)
    {
        List<int> shape = [];
        while (value.KindCase == Value.KindOneofCase.ListValue)
        {
            shape.Add(value.ListValue.Values.Count);
            if (value.ListValue.Values.Count == 0)
            {
                break;
            }

            value = value.ListValue.Values[0];
        }

        return shape;
    }
}
