using System.Buffers.Binary;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// Histograms of the first summary format (<c>tensorflow.HistogramProto</c>: min = 1, max = 2, bucket_limit = 6, bucket = 7).
/// </summary>
public static class Histogram
{
    private const int MaxBuckets = 100_000;

    private const uint MinField = (1 << 3) | WireReader.Fixed64;
    private const uint MaxField = (2 << 3) | WireReader.Fixed64;
    private const uint LimitField = 6;
    private const uint BucketField = 7;

    /// <summary>
    /// The histogram as the second format has it: a tensor of doubles of shape [buckets, 3] with each bucket's left edge, right edge and
    /// count. The outermost edges, which the first format leaves open, are the least and the greatest value. Null where the bytes are no
    /// histogram.
    /// </summary>
    public static byte[]? ToTensor(ReadOnlySpan<byte> histogram)
    {
        double min = 0,
            max = 0;
        List<double> limits = [],
            counts = [];
        var reader = new WireReader(histogram);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return null;
            }

            switch (key)
            {
                case MinField when reader.TryFixed64(out var bits):
                    min = BitConverter.UInt64BitsToDouble(bits);
                    break;
                case MaxField when reader.TryFixed64(out var bits):
                    max = BitConverter.UInt64BitsToDouble(bits);
                    break;
                case MinField or MaxField:
                    return null;
                default:
                    if ((key >> 3) is LimitField or BucketField)
                    {
                        if (!TryDoubles(ref reader, key, (key >> 3) == LimitField ? limits : counts))
                        {
                            return null;
                        }
                    }
                    else if (!reader.TrySkip(key))
                    {
                        return null;
                    }

                    break;
            }
        }

        return limits.Count == counts.Count ? Tensor(min, max, limits, counts) : null;
    }

    private static bool TryDoubles(ref WireReader reader, uint key, List<double> to)
    {
        if ((key & 7) == WireReader.Fixed64)
        {
            var read = reader.TryFixed64(out var bits);
            to.Add(BitConverter.UInt64BitsToDouble(bits));
            return read && to.Count <= MaxBuckets;
        }

        if (
            (key & 7) != WireReader.Bytes
            || !reader.TryBytes(out var packed)
            || packed.Length % 8 != 0
            || to.Count + (packed.Length / 8) > MaxBuckets
        )
        {
            return false;
        }

        for (; packed.Length > 0; packed = packed[8..])
        {
            to.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed));
        }

        return true;
    }

    private static byte[] Tensor(double min, double max, List<double> limits, List<double> counts)
    {
        var content = new byte[limits.Count * 24];
        for (var i = 0; i < limits.Count; i++)
        {
            var row = content.AsSpan(i * 24);
            BinaryPrimitives.WriteDoubleLittleEndian(row, i == 0 ? min : limits[i - 1]);
            BinaryPrimitives.WriteDoubleLittleEndian(row[8..], i == limits.Count - 1 ? max : limits[i]);
            BinaryPrimitives.WriteDoubleLittleEndian(row[16..], counts[i]);
        }

        return TensorWriter.Doubles(content, limits.Count, 3);
    }
}
