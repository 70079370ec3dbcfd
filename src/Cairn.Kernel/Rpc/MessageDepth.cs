using System.Collections;
using System.Collections.Concurrent;
using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// How deep the messages of a request may nest. Readers of protobuf take 100 levels (the clients' do, in every language), and a JSON object
/// in a free-form field is three of them (a
/// <c>Struct</c>, its entry, a <c>Value</c>) and a list two; what came in as JSON of 50 levels could be stored and never be read again. A
/// limit well below leaves room for the replies and operations that a resource is put into.
/// </summary>
public static class MessageDepth
{
    /// <summary>The most levels of messages: 25 of JSON objects in a field of a resource, or 37 of lists.</summary>
    public const int Max = 80;

    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Open = new();
    private static readonly ConcurrentDictionary<MessageDescriptor, bool> Recursive = new();

    /// <exception cref="StatusException">INVALID_ARGUMENT for a message that nests deeper than <see cref="Max"/>.</exception>
    public static void Require(IMessage message) => Walk(message, 1);

    private static void Walk(IMessage message, int depth)
    {
        if (depth > Max)
        {
            throw StatusException.InvalidArgument(
                $"The request nests its messages deeper than {Max} levels, of which each JSON object in a free-form field takes three and each list two; no client could read it back. Keep what nests deeper as text."
            );
        }

        switch (message)
        {
            case Value { KindCase: Value.KindOneofCase.StructValue } value:
                Walk(value.StructValue, depth + 1);
                return;
            case Value { KindCase: Value.KindOneofCase.ListValue } value:
                Walk(value.ListValue, depth + 1);
                return;
            case Value:
                return;
            case Struct json:
                foreach (var value in json.Fields.Values)
                {
                    Walk(value, depth + 2);
                }

                return;
            case ListValue list:
                foreach (var value in list.Values)
                {
                    Walk(value, depth + 1);
                }

                return;
            case Any any:
                WalkPacked(any, depth);
                return;
            default:
                foreach (
                    var field in Open.GetOrAdd(
                        message.Descriptor,
                        static type => [.. Messages(type).Where(static field => MayNest(Target(field)))]
                    )
                )
                {
                    WalkField(field, message, depth);
                }

                return;
        }
    }

    /// <summary>
    /// What is packed is stored as bytes and shown as JSON, so that it must be what it says it is. A type that is not published here is
    /// shown as bytes.
    /// </summary>
    private static void WalkPacked(Any any, int depth)
    {
        if (AnyTypes.Find(any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..]) is not { } type)
        {
            return;
        }

        IMessage inner;
        try
        {
            inner = type.Parser.ParseFrom(any.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            throw StatusException.InvalidArgument($"The request has an `Any` of the type '{any.TypeUrl}' whose value is no such message.");
        }

        WireChecks.Require(type, any.Value.Span);
        Walk(inner, depth + 1);
    }

    private static void WalkField(FieldDescriptor field, IMessage message, int depth)
    {
        switch (field.Accessor.GetValue(message))
        {
            case IDictionary map:
                foreach (var value in map.Values)
                {
                    Walk((IMessage)value, depth + 2);
                }

                break;
            case IList list:
                foreach (var item in list)
                {
                    Walk((IMessage)item!, depth + 1);
                }

                break;
            case IMessage one:
                Walk(one, depth + 1);
                break;
        }
    }

    /// <summary>
    /// Most messages nest as deep as their types say; only those that lead to a type that can contain itself have to be looked into.
    /// </summary>
    private static bool MayNest(MessageDescriptor type) => IsRecursive(type) || Reachable(type).Any(IsRecursive);

    private static bool IsRecursive(MessageDescriptor type) =>
        Recursive.GetOrAdd(type, static type => type.FullName == Any.Descriptor.FullName || Reachable(type).Contains(type));

    private static HashSet<MessageDescriptor> Reachable(MessageDescriptor from)
    {
        var found = new HashSet<MessageDescriptor>();
        var left = new Stack<MessageDescriptor>([from]);
        while (left.TryPop(out var type))
        {
            foreach (var target in Messages(type).Select(Target).Where(found.Add))
            {
                left.Push(target);
            }
        }

        return found;
    }

    private static IEnumerable<FieldDescriptor> Messages(MessageDescriptor type) =>
        type
            .Fields.InDeclarationOrder()
            .Where(static field =>
                field.IsMap ? field.MessageType.FindFieldByNumber(2).FieldType == FieldType.Message : field.FieldType == FieldType.Message
            );

    private static MessageDescriptor Target(FieldDescriptor field) =>
        field.IsMap ? field.MessageType.FindFieldByNumber(2).MessageType : field.MessageType;
}
