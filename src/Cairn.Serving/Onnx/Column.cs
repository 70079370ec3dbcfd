using Cairn.Kernel.Errors;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>One input's values over the instances of a batch, which are some of a request's or all.</summary>
/// <param name="Instances">The request's.</param>
/// <param name="First">The place of the batch's first instance among them.</param>
/// <param name="Count">The instances of the batch.</param>
internal readonly record struct Column(RepeatedField<Value> Instances, int First, int Count)
{
    /// <summary>The value of an instance of the batch. An object that names the only input is as good as the value itself.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the instance lacks the input.</exception>
    public Value this[int index, string input]
    {
        get
        {
            var instance = Instances[First + index];
            if (instance.KindCase != Value.KindOneofCase.StructValue)
            {
                return instance;
            }

            return instance.StructValue.Fields.TryGetValue(input, out var value)
                ? value
                : throw StatusException.InvalidArgument(
                    $"`instances[{First + index}]` has no '{input}', which the model needs; it has {string.Join(", ", instance.StructValue.Fields.Keys.Select(k => $"'{k}'"))}."
                );
        }
    }
}
