using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>Reads protobuf messages from JSON, with every published message known inside <c>Any</c>. <see cref="Json.MessageJson"/> writes them.</summary>
public static class RpcJson
{
    private const int MaxDepth = 100;

    public static TypeRegistry Types { get; } = TypeRegistry.FromFiles(ContractFiles.All);

    private static JsonParser Parser { get; } = new(JsonParser.Settings.Default.WithRecursionLimit(MaxDepth).WithTypeRegistry(Types));

    /// <exception cref="StatusException">INVALID_ARGUMENT that says what the parser could not take.</exception>
    public static IMessage Parse(string json, MessageDescriptor descriptor)
    {
        RequireShallow(json);
        try
        {
            return Parser.Parse(json, descriptor);
        }
        catch (Exception error) when (error is InvalidJsonException or InvalidProtocolBufferException or FormatException or OverflowException or InvalidOperationException)
        {
            throw StatusException.InvalidArgument($"The request's body is not the JSON of a {descriptor.Name}: {error.Message}");
        }
    }

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
