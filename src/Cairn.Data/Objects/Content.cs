namespace Cairn.Data.Objects;

/// <summary>The bytes of an object, and what is known about them.</summary>
/// <param name="Blob">The blob's id. Copies of an object share it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Crc32C">The checksum.</param>
/// <param name="Md5">Base64; null where the object was composed of others.</param>
/// <param name="Components">Of how many parts it was composed; null where it was not.</param>
public sealed record Content(string Blob, long Size, uint Crc32C, string? Md5, long? Components = null);
