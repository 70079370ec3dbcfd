using System.Text;

namespace Cairn.Tensorboards.Points;

/// <summary>A tensor or a blob sequence at a step.</summary>
/// <param name="Wall">Microseconds since 1970.</param>
/// <param name="Version">Of the tensor's format.</param>
/// <param name="Size">The bytes of the value, blobs included.</param>
internal sealed record PointRow(long Step, long Wall, PointForm Form, int Version, long Size, byte[] Value)
{
    /// <summary>The blobs that the value is made of.</summary>
    public IReadOnlyList<string> Blobs => Form == PointForm.Tensor || Value.Length == 0 ? [] : Encoding.UTF8.GetString(Value).Split('\n');

    public static byte[] Join(IEnumerable<string> blobs) => Encoding.UTF8.GetBytes(string.Join('\n', blobs));
}
