using System.Security.Cryptography;
using Cairn.Kernel.Checksums;

namespace Cairn.Data.Checksums;

/// <summary>Both checksums of a byte sequence while it streams past.</summary>
public sealed class ObjectHashes : IDisposable
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private Crc32C _crc32c;

    public uint Crc32C => _crc32c.Value;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _md5.AppendData(bytes);
        _crc32c.Append(bytes);
    }

    /// <summary>Base64 of the MD5 of what was appended so far.</summary>
    public string Md5() => Convert.ToBase64String(_md5.GetCurrentHash());

    public void Dispose() => _md5.Dispose();
}
