using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc.Json;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>Truth values.</summary>
internal sealed class BoolBinding(OnnxValueInfo info) : InputBinding(info)
{
    protected override void Fill(OnnxValue tensor, Column column, BatchShape shape)
    {
        var elements = tensor.Span<byte>();
        var leaves = new LeafReader(Info, column, shape);
        for (var i = 0; leaves.Next(out var value, out var index); i++)
        {
            elements[i] =
                value.KindCase == Value.KindOneofCase.BoolValue
                    ? value.BoolValue
                        ? (byte)1
                        : (byte)0
                    : throw StatusException.InvalidArgument(
                        $"`instances[{index}]` has {ValueText.Of(value)} for input '{Info.Name}', which takes true or false."
                    );
        }
    }
}
