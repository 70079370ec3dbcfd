using System.Buffers.Binary;
using System.Text;
using Cairn.Kernel.Checksums;

namespace Cairn.Tracking.Tests.Events;

/// <summary>
/// Event files written from the formats' specifications alone, with a checksum that is computed bit by bit: nothing here uses what it
/// tests.
/// </summary>
internal sealed class EventBytes
{
    private readonly MemoryStream _file = new();

    public byte[] ToArray() => _file.ToArray();

    public int Length => (int)_file.Length;

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    public EventBytes Record(byte[] payload)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)payload.Length);
        _file.Write(number);
        var lengthCrc = Masked(number);
        BinaryPrimitives.WriteUInt32LittleEndian(number, lengthCrc);
        _file.Write(number[..4]);
        _file.Write(payload);
        BinaryPrimitives.WriteUInt32LittleEndian(number, Masked(payload));
        _file.Write(number[..4]);
        return this;
    }

    public EventBytes Version(double time = 1.5) => Record([.. Double(1, time), .. Bytes(3, "brain.Event:2"u8)]);

    public EventBytes SessionStart(long step, double time = 1.5) =>
        Record([.. Double(1, time), .. Varint(2, (ulong)step), .. Bytes(7, Varint(1, 1))]);

    /// <summary>The first format of scalars: <c>simple_value</c>.</summary>
    public EventBytes Simple(string tag, long step, float value, double time = 1.5) =>
        Values(step, time, [.. Bytes(1, Encoding.UTF8.GetBytes(tag)), .. Float(2, value)]);

    /// <summary>The second format of scalars: a tensor, with the plugin's metadata where asked for.</summary>
    public EventBytes Tensor(
        string tag,
        long step,
        byte[] tensor,
        string? plugin = null,
        byte[]? pluginData = null,
        int dataClass = 0,
        double time = 1.5
    ) =>
        Values(
            step,
            time,
            [
                .. Bytes(1, Encoding.UTF8.GetBytes(tag)),
                .. Bytes(8, tensor),
                .. plugin is null ? [] : Bytes(9, Metadata(plugin, pluginData ?? [], dataClass)),
            ]
        );

    public EventBytes Values(long step, double time, params byte[][] values) =>
        Record([.. Double(1, time), .. Varint(2, (ulong)step), .. Bytes(5, [.. values.SelectMany(static value => Bytes(1, value))])]);

    public static byte[] Metadata(string plugin, byte[] data, int dataClass) =>
        [
            .. Bytes(1, [.. Bytes(1, Encoding.UTF8.GetBytes(plugin)), .. Bytes(2, data)]),
            .. dataClass == 0 ? [] : Varint(4, (ulong)dataClass),
        ];

    public static byte[] FloatTensor(float value) => [.. Varint(1, 1), .. Bytes(2, []), .. Float(5, value)];

    public static byte[] PackedFloatTensor(float value) => [.. Varint(1, 1), .. Bytes(2, []), .. Bytes(5, BitConverter.GetBytes(value))];

    public static byte[] FloatContentTensor(float value) => [.. Varint(1, 1), .. Bytes(2, []), .. Bytes(4, BitConverter.GetBytes(value))];

    public static byte[] DoubleTensor(double value) => [.. Varint(1, 2), .. Bytes(2, []), .. Double(6, value)];

    public static byte[] StringTensor(params byte[][] values) =>
        [.. Varint(1, 7), .. Bytes(2, Bytes(2, Varint(1, (ulong)values.Length))), .. values.SelectMany(static value => Bytes(8, value))];

    public static byte[] Varint(int field, ulong value) => [.. Raw((ulong)field << 3), .. Raw(value)];

    public static byte[] Bytes(int field, ReadOnlySpan<byte> value) =>
        [.. Raw(((ulong)field << 3) | 2), .. Raw((ulong)value.Length), .. value];

    public static byte[] Float(int field, float value) => [.. Raw(((ulong)field << 3) | 5), .. BitConverter.GetBytes(value)];

    public static byte[] Double(int field, double value) => [.. Raw(((ulong)field << 3) | 1), .. BitConverter.GetBytes(value)];

    private static byte[] Raw(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
