using System.Security.Cryptography;

namespace Cairn.Data.Checksums;

/// <summary>Both checksums of a byte sequence while it streams past.</summary>
public sealed class ObjectHashes : IDisposable
{
    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private Crc32C crc32c;

    public uint Crc32C => crc32c.Value;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        md5.AppendData(bytes);
        crc32c.Append(bytes);
    }

    /// <summary>Base64 of the MD5 of what was appended so far.</summary>
    public string Md5() => Convert.ToBase64String(md5.GetCurrentHash());

    public void Dispose() => md5.Dispose();
}
