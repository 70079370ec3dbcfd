using System.Security.Cryptography;

namespace Cairn.Tensorboards.Uploads;

/// <summary>A place in a file.</summary>
/// <param name="Offset">The bytes before it.</param>
/// <param name="Head">The fingerprint of the file's beginning, by which a file that was written anew under the same name is told from one
/// that has grown; empty where it is not known.</param>
public readonly record struct UploadPosition(long Offset, string Head)
{
    /// <summary>How much of a file's beginning the fingerprint is of, in bytes: enough for the times of its first values.</summary>
    internal const int HeadBytes = 4096;

    /// <summary>
    /// The fingerprint of a file's beginning: of what stands before <paramref name="offset"/> of its first few thousand bytes.
    /// </summary>
    public static async Task<string> FingerprintAsync(Stream file, long offset, CancellationToken cancellation)
    {
        var bytes = new byte[(int)Math.Min(offset, HeadBytes)];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, length)))[..32];
    }
}
