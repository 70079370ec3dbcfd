using System.Globalization;
using System.Text;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// Images of the first summary format (<c>tensorflow.Summary.Image</c>: height = 1, width = 2, encoded_image_string = 4).
/// </summary>
public static class ImageSummary
{
    private const uint HeightField = (1 << 3) | WireReader.Varint;
    private const uint WidthField = (2 << 3) | WireReader.Varint;
    private const uint EncodedField = (4 << 3) | WireReader.Bytes;

    /// <summary>
    /// The image as the second format has it: width and height as text, then the encoded image. Null where the bytes are no image.
    /// </summary>
    public static List<byte[]>? ToBlobs(ReadOnlySpan<byte> image)
    {
        ulong height = 0,
            width = 0;
        byte[]? encoded = null;
        var reader = new WireReader(image);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return null;
            }

            switch (key)
            {
                case HeightField when reader.TryVarint(out height):
                case WidthField when reader.TryVarint(out width):
                    break;
                case EncodedField when reader.TryBytes(out var bytes):
                    encoded = bytes.ToArray();
                    break;
                case HeightField or WidthField or EncodedField:
                    return null;
                default:
                    if (!reader.TrySkip(key))
                    {
                        return null;
                    }

                    break;
            }
        }

        return encoded is null ? null : [Text(width), Text(height), encoded];
    }

    private static byte[] Text(ulong number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
