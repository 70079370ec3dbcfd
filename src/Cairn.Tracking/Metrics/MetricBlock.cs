using System.Buffers.Binary;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// The points of one log call as bytes: a version (1), the count, then the keys, the steps and the times as zigzag varints of differences, then the values as
/// little-endian doubles. About 11 bytes a point.
/// </summary>
internal static class MetricBlock
{
    private const byte Version = 1;
    private const int MaxVarint = 10;

    public static byte[] Write(ReadOnlySpan<LoggedPoint> points)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 + MaxVarint + (points.Length * (3 * MaxVarint + sizeof(double))));
        var at = 0;
        buffer[at++] = Version;
        Put(buffer, ref at, (ulong)points.Length);
        long last = 0;
        foreach (ref readonly var point in points)
        {
            PutSigned(buffer, ref at, point.Key - last);
            last = point.Key;
        }

        last = 0;
        foreach (ref readonly var point in points)
        {
            PutSigned(buffer, ref at, unchecked(point.Point.Step - last));
            last = point.Point.Step;
        }

        last = 0;
        foreach (ref readonly var point in points)
        {
            PutSigned(buffer, ref at, unchecked(point.Point.Time - last));
            last = point.Point.Time;
        }

        foreach (ref readonly var point in points)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(at), point.Point.Value);
            at += sizeof(double);
        }

        var bytes = buffer.AsSpan(0, at).ToArray();
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are not a block.</exception>
    public static LoggedPoint[] Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[0] != Version)
        {
            throw new InvalidDataException("A block of metrics has an unknown version.");
        }

        var at = 1;
        var count = Take(bytes, ref at);
        if (count > (ulong)bytes.Length / sizeof(double))
        {
            throw new InvalidDataException("A block of metrics is shorter than it says.");
        }

        var keys = new long[count];
        var steps = new long[count];
        var times = new long[count];
        Differences(bytes, ref at, keys);
        Differences(bytes, ref at, steps);
        Differences(bytes, ref at, times);
        var points = new LoggedPoint[count];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new LoggedPoint(keys[i], new MetricPoint(steps[i], times[i], BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..])));
            at += sizeof(double);
        }

        return points;
    }

    private static void Differences(ReadOnlySpan<byte> bytes, ref int at, Span<long> values)
    {
        long last = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var coded = Take(bytes, ref at);
            last = unchecked(last + ((long)(coded >> 1) ^ -(long)(coded & 1)));
            values[i] = last;
        }
    }

    private static void PutSigned(byte[] buffer, ref int at, long value) => Put(buffer, ref at, (ulong)((value << 1) ^ (value >> 63)));

    private static void Put(byte[] buffer, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            buffer[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
    }

    private static ulong Take(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= bytes.Length)
            {
                break;
            }

            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A block of metrics ends within a number.");
    }
}
