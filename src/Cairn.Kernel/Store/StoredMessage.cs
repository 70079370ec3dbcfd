using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>
/// Reads messages out of the store. What is written nests no deeper than <see cref="Rpc.MessageDepth.Max"/>; earlier versions took more,
/// and one such row must not make its collection unreadable, so that reading takes far more than writing ever did.
/// </summary>
public static class StoredMessage
{
    /// <summary>
    /// How deep messages may nest in a stored one. Earlier versions accepted JSON of 98 levels, each of which is up to three messages.
    /// </summary>
    public const int MaxDepth = 1_000;

    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message: the row is damaged.</exception>
    public static T Read<T>(MessageParser<T> parser, byte[] body)
        where T : IMessage<T> => (T)Read((MessageParser)parser, body);

    /// <inheritdoc cref="Read{T}(MessageParser{T}, byte[])"/>
    public static IMessage Read(MessageParser parser, byte[] body)
    {
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            // The usual reader takes 100 levels, and only one that reads a stream can be told to take more.
            using var deep = CodedInputStream.CreateWithLimits(new MemoryStream(body, writable: false), int.MaxValue, MaxDepth);
            return parser.ParseFrom(deep);
        }
    }

    /// <summary>What was packed into a stored <c>Any</c>.</summary>
    /// <exception cref="InvalidOperationException">Something else was.</exception>
    public static T UnpackStored<T>(this Any packed)
        where T : class, IMessage<T>, new() =>
        packed.Is(new T().Descriptor)
            ? (T)Read(new T().Descriptor.Parser, packed.Value.ToByteArray())
            : throw new InvalidOperationException($"A {new T().Descriptor.Name} was expected, and '{packed.TypeUrl}' is stored.");
}
