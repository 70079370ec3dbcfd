using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>What the JSON of a message type is made of: its fields by number, or the form that a well-known type has instead.</summary>
internal sealed class JsonShape
{
    private static readonly ConcurrentDictionary<MessageDescriptor, JsonShape> Known = new();

    private readonly JsonField?[] _low;
    private readonly Dictionary<int, JsonField>? _high;

    private JsonShape(MessageDescriptor descriptor)
    {
        // Most numbers are small; those of experimental fields go to some thousands.
        const int Low = 128;
        var numbered = descriptor.Fields.InFieldNumberOrder();
        _low = new JsonField?[
            numbered.Select(static field => field.FieldNumber + 1).Where(static length => length <= Low).DefaultIfEmpty().Max()
        ];
        foreach (var field in numbered)
        {
            if (field.FieldNumber < Low)
            {
                _low[field.FieldNumber] = new JsonField(field);
            }
            else
            {
                (_high ??= [])[field.FieldNumber] = new JsonField(field);
            }
        }

        FullName = descriptor.FullName;
        WellKnown = WellKnownJson.Of(descriptor.FullName);
    }

    /// <summary>The type's name with its package.</summary>
    public string FullName { get; }

    /// <summary>How a well-known type is written; null for every other type.</summary>
    public WellKnownWriter? WellKnown { get; }

    public static JsonShape Of(MessageDescriptor descriptor) => Known.GetOrAdd(descriptor, static descriptor => new JsonShape(descriptor));

    /// <summary>The field of a number, or null where this server does not know it.</summary>
    public JsonField? Field(int number) => number < _low.Length ? _low[number] : _high?.GetValueOrDefault(number);
}
