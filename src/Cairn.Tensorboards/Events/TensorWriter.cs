namespace Cairn.Tensorboards.Events;

/// <summary>Writes <c>tensorflow.TensorProto</c>: dtype = 1, tensor_shape = 2 (dim = 2, size = 1), tensor_content = 4.</summary>
internal static class TensorWriter
{
    private const byte DoubleType = 2;

    /// <param name="content">The numbers in row-major order, little end first.</param>
    /// <param name="shape">The sizes of the dimensions.</param>
    public static byte[] Doubles(ReadOnlySpan<byte> content, params ReadOnlySpan<int> shape)
    {
        var dimensions = new List<byte>();
        foreach (var size in shape)
        {
            byte[] dimension = [8, .. Varint((uint)size)];
            dimensions.AddRange([18, (byte)dimension.Length, .. dimension]);
        }

        return [8, DoubleType, 18, (byte)dimensions.Count, .. dimensions, 34, .. Varint((uint)content.Length), .. content];
    }

    private static List<byte> Varint(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
