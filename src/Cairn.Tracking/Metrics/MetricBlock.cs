using System.Buffers.Binary;
using Cairn.Kernel.Bytes;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// The points of one log call as bytes: a version (1), the count, then the keys, the steps and the times as zigzag varints of differences,
/// then the values as little-endian doubles. About 11 bytes a point.
/// </summary>
internal static class MetricBlock
{
    private const byte Version = 1;

    public static byte[] Write(ReadOnlySpan<LoggedPoint> points)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(
            1 + Varint.MaxLength + (points.Length * (3 * Varint.MaxLength + sizeof(double)))
        );
        var at = 0;
        buffer[at++] = Version;
        Varint.Put(buffer, ref at, (ulong)points.Length);
        long last = 0;
        foreach (ref readonly var point in points)
        {
            Varint.PutSigned(buffer, ref at, point.Key - last);
            last = point.Key;
        }

        last = 0;
        foreach (ref readonly var point in points)
        {
            Varint.PutSigned(buffer, ref at, unchecked(point.Point.Step - last));
            last = point.Point.Step;
        }

        last = 0;
        foreach (ref readonly var point in points)
        {
            Varint.PutSigned(buffer, ref at, unchecked(point.Point.Time - last));
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
        var count = Varint.Take(bytes, ref at);
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
            last = unchecked(last + Varint.TakeSigned(bytes, ref at));
            values[i] = last;
        }
    }
}
