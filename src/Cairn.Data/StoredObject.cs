namespace Cairn.Data;

/// <summary>One live object of a bucket.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Generation">Microseconds since 1970 at which this content was published; strictly increasing for a name.</param>
/// <param name="Md5">Base64 of the 16 bytes; null for composed objects.</param>
/// <param name="Crc32c">Base64 of the 4 big-endian bytes.</param>
/// <param name="BlobId">Where the bytes are, in the blob store.</param>
public sealed record StoredObject(
    string Bucket,
    string Name,
    long Size,
    long Generation,
    long Metageneration,
    string? ContentType,
    string? Md5,
    string Crc32c,
    string BlobId,
    DateTimeOffset Created,
    DateTimeOffset Updated
);
