using System.Buffers.Binary;
using System.Text;

namespace Cairn.Serving.Express;

/// <summary>
/// Reads a <c>PredictRequest</c> of <c>prediction_service.proto</c> from its wire form, where its instances are lists
/// (<c>Value.list_value</c>) of numbers (<c>Value.number_value</c>), and it has nothing else. A number then is 11 bytes: the tag and length
/// of its <c>Value</c>, its own tag, and the double.
/// </summary>
internal ref struct WireRows(ReadOnlySpan<byte> message)
{
    private const byte EndpointTag = (1 << 3) | 2;
    private const byte InstancesTag = (2 << 3) | 2;
    private const byte ListTag = (6 << 3) | 2;
    private const byte ItemTag = (1 << 3) | 2;
    private const byte NumberTag = (2 << 3) | 1;
    private const int ItemLength = 11;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The endpoint that a message begins with, which every client writes first; null where it does not.</summary>
    public static string? Endpoint(ReadOnlySpan<byte> message)
    {
        var reader = new WireRows(message);
        return reader.TryDelimited(EndpointTag, out var name) && name.Length > 0 ? Encoding.UTF8.GetString(name) : null;
    }

    /// <summary>Reads the instances behind the endpoint; false where there is anything but rows of numbers.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, NumberRows rows)
    {
        var reader = new WireRows(message);
        if (rows.Shape.Length > 1 || !reader.TryDelimited(EndpointTag, out _))
        {
            return false;
        }

        while (!reader._rest.IsEmpty)
        {
            if (!reader.TryDelimited(InstancesTag, out var instance) || !TryRow(instance, rows))
            {
                return false;
            }
        }

        return rows.Count > 0;
    }

    private static bool TryRow(ReadOnlySpan<byte> instance, NumberRows rows)
    {
        var reader = new WireRows(instance);
        if (!reader.TryDelimited(ListTag, out var items) || !reader._rest.IsEmpty || items.Length != rows.Columns * ItemLength)
        {
            return false;
        }

        var row = rows.Add();
        if (row.IsEmpty)
        {
            return false;
        }

        for (var i = 0; i < row.Length; i++)
        {
            var item = items.Slice(i * ItemLength, ItemLength);
            if (item[0] != ItemTag || item[1] != ItemLength - 2 || item[2] != NumberTag)
            {
                return false;
            }

            var number = BinaryPrimitives.ReadDoubleLittleEndian(item[3..]);
            row[i] = (float)number;
            if (float.IsInfinity(row[i]) && double.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryDelimited(byte tag, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_rest.Length < 2 || _rest[0] != tag)
        {
            return false;
        }

        var length = 0;
        var at = 1;
        for (var shift = 0; ; shift += 7)
        {
            // Four of these are more than a message may have.
            if (at == _rest.Length || shift > 21)
            {
                return false;
            }

            var next = _rest[at++];
            length |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        if (length > _rest.Length - at)
        {
            return false;
        }

        value = _rest.Slice(at, length);
        _rest = _rest[(at + length)..];
        return true;
    }
}
