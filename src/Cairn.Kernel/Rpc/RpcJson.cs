using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Reads protobuf messages from JSON, with every published message known inside <c>Any</c>. <see cref="Json.MessageJson"/> writes them.
/// </summary>
public static class RpcJson
{
    private const int MaxDepth = 100;

    private static readonly JsonParser.Settings Settings = JsonParser.Settings.Default.WithRecursionLimit(MaxDepth);
    private static readonly Lazy<JsonParser> WithAny = new(static () => new JsonParser(Settings.WithTypeRegistry(AnyTypes.All)));
    private static readonly JsonParser Plain = new(Settings);

    /// <exception cref="StatusException">INVALID_ARGUMENT that says what the parser could not take.</exception>
    public static IMessage Parse(string json, MessageDescriptor descriptor)
    {
        RequireShallow(json);
        try
        {
            return (MayHaveAny(json) ? WithAny.Value : Plain).Parse(json, descriptor);
        }
        catch (Exception error)
            when (error
                    is InvalidJsonException
                        or InvalidProtocolBufferException
                        or FormatException
                        or OverflowException
                        or InvalidOperationException
            )
        {
            throw StatusException.InvalidArgument($"The request's body is not the JSON of a {descriptor.Name}: {error.Message}");
        }
    }

    /// <summary>
    /// Whether a member <c>@type</c> may be in a text, maybe with some of its letters as escapes. Few requests have one, and only these
    /// need the descriptors of all messages.
    /// </summary>
    private static bool MayHaveAny(string json) =>
        json.Contains("@type", StringComparison.Ordinal)
        || json.Contains("\\u004", StringComparison.Ordinal)
        || json.Contains("\\u006", StringComparison.Ordinal)
        || json.Contains("\\u007", StringComparison.Ordinal);

    /// <summary>The parser limits how deep objects nest and not how deep arrays do; both would take its stack.</summary>
    private static void RequireShallow(string json)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '[' or '{' when !quoted:
                    if (++depth > MaxDepth)
                    {
                        throw StatusException.InvalidArgument($"The request's body is nested deeper than {MaxDepth} levels.");
                    }

                    break;
                case ']' or '}' when !quoted:
                    depth--;
                    break;
            }
        }
    }
}
