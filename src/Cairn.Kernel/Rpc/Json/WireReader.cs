using System.Buffers.Binary;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>
/// Reads the protobuf wire format (<c>protobuf.dev/programming-guides/encoding</c>) of a message that this process has written itself: there is nothing to
/// defend against, and what is malformed is a defect.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>The next field's number and how its value is written: 0 a varint, 1 eight bytes, 2 with its length before it, 5 four bytes.</summary>
    public (int Field, int Form) Tag()
    {
        var tag = (uint)Varint();
        return ((int)(tag >> 3), (int)(tag & 7));
    }

    public ulong Varint()
    {
        if (rest[0] < 0x80)
        {
            var small = rest[0];
            rest = rest[1..];
            return small;
        }

        ulong value = 0;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = rest[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                rest = rest[at..];
                return value;
            }
        }
    }

    public uint Fixed32()
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    public ulong Fixed64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    /// <summary>Text, bytes, a message, or packed numbers.</summary>
    public ReadOnlySpan<byte> Delimited()
    {
        var length = (int)Varint();
        var value = rest[..length];
        rest = rest[length..];
        return value;
    }

    public void Skip(int form)
    {
        switch (form)
        {
            case 0:
                Varint();
                break;
            case 1:
                rest = rest[8..];
                break;
            case 2:
                Delimited();
                break;
            case 5:
                rest = rest[4..];
                break;
            default:
                throw new InvalidOperationException($"A field is written in the form {form}, which proto3 does not have.");
        }
    }
}
