using System.Collections;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Tenancy;

/// <summary>
/// The texts of a request that may refer to something: those of all its fields but the <see cref="FreeFields"/>. A field that the contracts
/// get later is among them until somebody says why it need not be.
/// </summary>
public static class RequestReferences
{
    /// <summary>Far deeper than any request of the contracts; what is deeper has been refused by the parsers.</summary>
    private const int MaxDepth = 100;

    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Plans = new();

    /// <summary>The fields' paths, as <c>custom_job.job_spec.tensorboard</c>, and what they hold.</summary>
    public static IEnumerable<(string Field, string Value)> Of(IMessage request) => Of(request, "", MaxDepth);

    /// <summary>The fields of a message that are looked at, or into.</summary>
    public static IReadOnlyList<FieldDescriptor> Fields(MessageDescriptor message) =>
        Plans.GetOrAdd(message, static found => [.. found.Fields.InDeclarationOrder().Where(static field => Leads(field, []))]);

    private static IEnumerable<(string Field, string Value)> Of(IMessage message, string prefix, int depth)
    {
        if (depth == 0)
        {
            yield break;
        }

        foreach (var field in Fields(message.Descriptor))
        {
            var value = field.Accessor.GetValue(message);
            var items = field.IsMap ? ((IDictionary)value).Values : value as IList;
            foreach (var item in items ?? (ICollection)(value is null ? [] : new[] { value }))
            {
                if (item is string { Length: > 0 } text)
                {
                    yield return (prefix + field.Name, text);
                }
                else if (item is IMessage nested)
                {
                    foreach (var inner in Of(nested, $"{prefix}{field.Name}.", depth - 1))
                    {
                        yield return inner;
                    }
                }
            }
        }
    }

    /// <summary>Whether a field is a text to look at, or has such texts below it.</summary>
    private static bool Leads(FieldDescriptor field, HashSet<MessageDescriptor> seen)
    {
        if (FreeFields.Reason(field) is not null)
        {
            return false;
        }

        var valued = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        return valued.FieldType == FieldType.String
            || (
                valued.FieldType == FieldType.Message
                && seen.Add(valued.MessageType)
                && valued.MessageType.Fields.InDeclarationOrder().Any(inner => Leads(inner, seen))
            );
    }
}
