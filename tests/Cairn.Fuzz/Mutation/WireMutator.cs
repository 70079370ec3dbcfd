using System.Buffers.Binary;
using System.IO.Compression;
using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Mutation;

/// <summary>Changes what gRPC sends: the fields of the protobuf wire format, and the frames about them.</summary>
internal static class WireMutator
{
    private const int HeaderLength = 5;

    /// <summary>A changed copy of one frame, with the headers that it needs.</summary>
    public static (byte[] Body, (string Name, string Value)? Header) Mutate(byte[] framed, Random random)
    {
        var message = framed.AsSpan(HeaderLength).ToArray();
        return random.Next(12) switch
        {
            0 => (Header(framed, random), null),
            1 => ([.. framed, .. framed], null),
            2 => (framed[..random.Next(framed.Length)], null),
            3 => (
                Flagged(CorpusCalls.Frame(Compress(message))),
                ("grpc-encoding", Words.Pick(random, "gzip", "identity", "deflate", "snappy", ""))
            ),
            4 => (Flagged(framed), ("grpc-encoding", "gzip")),
            _ => (CorpusCalls.Frame(Message(message, random)), null),
        };
    }

    private static byte[] Message(byte[] message, Random random) =>
        random.Next(8) switch
        {
            0 => [.. message, .. Group(random)],
            1 => [.. Group(random), .. message],
            2 => [.. message, .. Field(random)],
            3 => [.. Field(random), .. message],
            4 => [.. message, .. message],
            _ => ByteMutator.Mutate(message, random),
        };

    /// <summary>A field of any number and wire type, whose value may not be one.</summary>
    private static byte[] Field(Random random)
    {
        var number = (ulong)Words.Pick(random, 0, 1, 2, 3, 5, 10, 15, 16, 100, 19_000, 536_870_911);
        var tag = Varint((number << 3) | (uint)random.Next(8));
        byte[] value = random.Next(5) switch
        {
            0 => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
            1 => [.. Varint(ulong.MaxValue)],
            2 => [.. Varint(5), (byte)'h', 0xFF, 0xC0, 0, 0xED],
            3 => [.. Varint((ulong)random.Next(200_000_000))],
            _ => [0, 0, 0, 0, 0, 0, 0xF8, 0x7F],
        };
        return [.. tag, .. value];
    }

    private static byte[] Group(Random random)
    {
        var depth = Words.Pick(random, 1, 50, 101, 5_000);
        return [.. Enumerable.Repeat((byte)0x7B, depth), .. Enumerable.Repeat((byte)0x7C, random.Next(3) == 0 ? depth - 1 : depth)];
    }

    private static byte[] Header(byte[] framed, Random random)
    {
        var changed = framed.ToArray();
        changed[0] = (byte)Words.Pick(random, 0, 0, 1, 2, 255);
        BinaryPrimitives.WriteUInt32BigEndian(
            changed.AsSpan(1),
            Words.Pick(random, 0u, 1u, (uint)framed.Length, (uint)Math.Max(0, framed.Length - 6), 64u << 20, (64u << 20) + 1, uint.MaxValue)
        );
        return changed;
    }

    private static byte[] Flagged(byte[] framed)
    {
        var changed = framed.ToArray();
        changed[0] = 1;
        return changed;
    }

    private static byte[] Compress(byte[] message)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(message);
        }

        return packed.ToArray();
    }

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
