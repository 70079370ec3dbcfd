using Cairn.Engines.OnnxRuntime;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>Walks the single values of a batch, row by row, and checks the shape on the way.</summary>
internal sealed class LeafReader
{
    private readonly IEnumerator<(Value, int)> _leaves;

    public LeafReader(OnnxValueInfo info, Column column, BatchShape shape)
    {
        _leaves = Walk(info, column, shape).GetEnumerator();
    }

    public bool Next(out Value value, out int instance)
    {
        var more = _leaves.MoveNext();
        (value, instance) = more ? _leaves.Current : (new Value(), -1);
        return more;
    }

    private static IEnumerable<(Value, int)> Walk(OnnxValueInfo info, Column column, BatchShape shape)
    {
        for (var i = 0; i < column.Count; i++)
        {
            var value = column[i, info.Name];
            if (shape.Bare && value.KindCase != Value.KindOneofCase.ListValue)
            {
                yield return (value, column.First + i);
                continue;
            }

            foreach (var leaf in Leaves(info, value, shape.Instance, 0, column.First + i, value))
            {
                yield return (leaf, column.First + i);
            }
        }
    }

    private static IEnumerable<Value> Leaves(OnnxValueInfo info, Value value, int[] shape, int depth, int index, Value whole)
    {
        if (depth == shape.Length)
        {
            return value.KindCase is Value.KindOneofCase.ListValue or Value.KindOneofCase.StructValue
                ? throw BatchShape.Mismatch(info, index, whole)
                : [value];
        }

        return value.KindCase == Value.KindOneofCase.ListValue && value.ListValue.Values.Count == shape[depth]
            ? value.ListValue.Values.SelectMany(item => Leaves(info, item, shape, depth + 1, index, whole))
            : throw BatchShape.Mismatch(info, index, whole);
    }
}
