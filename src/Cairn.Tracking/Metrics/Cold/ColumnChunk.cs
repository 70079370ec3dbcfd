using System.Buffers;
using System.Buffers.Binary;
using Cairn.Kernel.Bytes;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>
/// Points of one metric as columns: the count; the steps, then the times, as varints of the changes of their differences, so that even
/// spacing takes a byte a point; then one byte that says how the values are coded, and the values. Coded against the value before (1), a
/// value is a byte of two counts, the leading and the trailing zero bytes of the two's exclusive or, and the bytes between; where that is
/// not shorter, values are plain little-endian doubles (0).
/// </summary>
internal static class ColumnChunk
{
    /// <summary>The most points of a chunk: bounds the memory that reading a part of a series takes.</summary>
    public const int MaxPoints = 65_536;

    private const byte Plain = 0;
    private const byte Xor = 1;
    private const byte Same = 8 << 4;

    public static byte[] Write(ReadOnlySpan<MetricPoint> points)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((2 * Varint.MaxLength) + (points.Length * ((2 * Varint.MaxLength) + sizeof(double) + 1)));
        var at = 0;
        Varint.Put(buffer, ref at, (ulong)points.Length);
        long last = 0,
            difference = 0;
        foreach (ref readonly var point in points)
        {
            PutChange(buffer, ref at, point.Step, ref last, ref difference);
        }

        (last, difference) = (0, 0);
        foreach (ref readonly var point in points)
        {
            PutChange(buffer, ref at, point.Time, ref last, ref difference);
        }

        PutValues(buffer, ref at, points);
        var bytes = buffer.AsSpan(0, at).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    /// <summary>Adds the chunk's points to <paramref name="points"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no chunk.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, List<MetricPoint> points)
    {
        var at = 0;
        var count = Varint.Take(bytes, ref at);
        if (count > MaxPoints)
        {
            throw Broken();
        }

        var steps = new long[count];
        var times = new long[count];
        TakeChanges(bytes, ref at, steps);
        TakeChanges(bytes, ref at, times);
        if (at >= bytes.Length)
        {
            throw Broken();
        }

        var form = bytes[at++];
        ulong last = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            last = form switch
            {
                Plain => TakePlain(bytes, ref at),
                Xor => last ^ TakeXor(bytes, ref at),
                _ => throw Broken(),
            };
            points.Add(new MetricPoint(steps[i], times[i], BitConverter.UInt64BitsToDouble(last)));
        }
    }

    private static void PutChange(Span<byte> buffer, ref int at, long value, ref long last, ref long difference)
    {
        var next = unchecked(value - last);
        Varint.PutSigned(buffer, ref at, unchecked(next - difference));
        (last, difference) = (value, next);
    }

    private static void TakeChanges(ReadOnlySpan<byte> bytes, ref int at, Span<long> values)
    {
        long last = 0,
            difference = 0;
        foreach (ref var value in values)
        {
            difference = unchecked(difference + Varint.TakeSigned(bytes, ref at));
            last = unchecked(last + difference);
            value = last;
        }
    }

    private static void PutValues(Span<byte> buffer, ref int at, ReadOnlySpan<MetricPoint> points)
    {
        var begin = at;
        buffer[at++] = Xor;
        ulong last = 0;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        foreach (ref readonly var point in points)
        {
            var bits = BitConverter.DoubleToUInt64Bits(point.Value);
            var change = bits ^ last;
            last = bits;
            if (change == 0)
            {
                buffer[at++] = Same;
                continue;
            }

            var leading = System.Numerics.BitOperations.LeadingZeroCount(change) / 8;
            var trailing = System.Numerics.BitOperations.TrailingZeroCount(change) / 8;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, change);
            buffer[at++] = (byte)((leading << 4) | trailing);
            bytes[trailing..(sizeof(ulong) - leading)].CopyTo(buffer[at..]);
            at += sizeof(ulong) - leading - trailing;
        }

        if (at - begin - 1 < points.Length * sizeof(double))
        {
            return;
        }

        at = begin;
        buffer[at++] = Plain;
        foreach (ref readonly var point in points)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(buffer[at..], point.Value);
            at += sizeof(double);
        }
    }

    private static ulong TakePlain(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes.Length - at < sizeof(ulong))
        {
            throw Broken();
        }

        at += sizeof(ulong);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at - sizeof(ulong))..]);
    }

    private static ulong TakeXor(ReadOnlySpan<byte> bytes, ref int at)
    {
        var control = at < bytes.Length ? bytes[at++] : throw Broken();
        var (leading, trailing) = (control >> 4, control & 0xF);
        var length = sizeof(ulong) - leading - trailing;
        if (length < 0 || bytes.Length - at < length)
        {
            throw Broken();
        }

        ulong change = 0;
        for (var i = 0; i < length; i++)
        {
            change |= (ulong)bytes[at++] << (8 * (trailing + i));
        }

        return change;
    }

    private static InvalidDataException Broken() => new("A column file of metrics is damaged: a chunk does not read as one.");
}
