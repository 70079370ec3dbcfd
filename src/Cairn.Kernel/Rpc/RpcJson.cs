using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>JSON for protobuf messages, with every published message known inside <c>Any</c>.</summary>
public static class RpcJson
{
    private const int MaxDepth = 100;

    public static TypeRegistry Types { get; } = TypeRegistry.FromFiles(ContractFiles.All);

    public static JsonFormatter Formatter { get; } = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    private static JsonParser Parser { get; } = new(JsonParser.Settings.Default.WithRecursionLimit(MaxDepth).WithTypeRegistry(Types));

    /// <exception cref="StatusException">INVALID_ARGUMENT that says what the parser could not take.</exception>
    public static IMessage Parse(string json, MessageDescriptor descriptor)
    {
        try
        {
            return Parser.Parse(json, descriptor);
        }
        catch (Exception error) when (error is InvalidJsonException or InvalidProtocolBufferException or FormatException or OverflowException or InvalidOperationException)
        {
            throw StatusException.InvalidArgument($"The request's body is not the JSON of a {descriptor.Name}: {error.Message}");
        }
    }
}
