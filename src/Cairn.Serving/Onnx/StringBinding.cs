using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc.Json;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>Strings.</summary>
internal sealed class StringBinding(OnnxValueInfo info) : InputBinding(info)
{
    protected override void Fill(OnnxValue tensor, Column column, BatchShape shape)
    {
        List<string> strings = [];
        var leaves = new LeafReader(Info, column, shape);
        while (leaves.Next(out var value, out var index))
        {
            strings.Add(
                value.KindCase == Value.KindOneofCase.StringValue
                    ? value.StringValue
                    : throw StatusException.InvalidArgument(
                        $"`instances[{index}]` has {ValueText.Of(value)} for input '{Info.Name}', which takes strings."
                    )
            );
        }

        tensor.SetStrings(strings);
    }
}
