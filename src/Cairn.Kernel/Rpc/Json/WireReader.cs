using System.Buffers.Binary;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>
/// Reads the protobuf wire format (<c>protobuf.dev/programming-guides/encoding</c>) of a message that the runtime has read: its lengths are
/// right. Fields that it did not know are in it in whatever form a client wrote them.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>The form of what has its length before it.</summary>
    public const int Delimiter = 2;

    private const int GroupStart = 3;
    private const int GroupEnd = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>
    /// The next field's number and how its value is written: 0 a varint, 1 eight bytes, 2 with its length before it, 5 four bytes.
    /// </summary>
    public (int Field, int Form) Tag()
    {
        var tag = (uint)Varint();
        return ((int)(tag >> 3), (int)(tag & 7));
    }

    public ulong Varint()
    {
        if (_rest[0] < 0x80)
        {
            var small = _rest[0];
            _rest = _rest[1..];
            return small;
        }

        ulong value = 0;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = _rest[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                _rest = _rest[at..];
                return value;
            }
        }
    }

    public uint Fixed32()
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        _rest = _rest[4..];
        return value;
    }

    public ulong Fixed64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    /// <summary>Text, bytes, a message, or packed numbers.</summary>
    public ReadOnlySpan<byte> Delimited()
    {
        var length = (int)Varint();
        var value = _rest[..length];
        _rest = _rest[length..];
        return value;
    }

    private void SkipOne(int form)
    {
        switch (form)
        {
            case 0:
                Varint();
                break;
            case 1:
                _rest = _rest[8..];
                break;
            case 2:
                Delimited();
                break;
            case 5:
                _rest = _rest[4..];
                break;
            default:
                // The runtime passes over two of the forms that no one has defined.
                throw new InvalidDataException($"A field is written in the form {form}, which protobuf does not have.");
        }
    }

    /// <summary>
    /// Passes over a field in whatever form a client wrote it: also a group, which proto3 does not have and readers pass over.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such form.</exception>
    public void Skip(int form)
    {
        if (form != GroupStart)
        {
            SkipOne(form);
            return;
        }

        // The groups that are open; the parser has seen to it that they are closed, and that they are not many.
        for (var open = 1; open > 0; )
        {
            form = Tag().Form;
            if (form == GroupStart)
            {
                open++;
            }
            else if (form == GroupEnd)
            {
                open--;
            }
            else
            {
                SkipOne(form);
            }
        }
    }
}
