using Cairn.Kernel.Errors;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>One input's values over all instances of a batch.</summary>
/// <param name="Instances">The batch.</param>
/// <param name="Name">The input; null where the model has one, so that an instance may be the value itself.</param>
internal readonly record struct Column(RepeatedField<Value> Instances, string? Name)
{
    public int Count => Instances.Count;

    /// <summary>The value of an instance. An object that names the only input is as good as the value itself.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the instance lacks the input.</exception>
    public Value this[int index, string input]
    {
        get
        {
            var instance = Instances[index];
            if (instance.KindCase != Value.KindOneofCase.StructValue)
            {
                return instance;
            }

            return instance.StructValue.Fields.TryGetValue(input, out var value)
                ? value
                : throw StatusException.InvalidArgument($"`instances[{index}]` has no '{input}', which the model needs; it has {string.Join(", ", instance.StructValue.Fields.Keys.Select(k => $"'{k}'"))}.");
        }
    }
}
