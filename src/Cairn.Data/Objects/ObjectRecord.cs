using System.Globalization;
using System.Text;
using Cairn.Kernel.Checksums;

namespace Cairn.Data.Objects;

/// <summary>One generation of an object, live or noncurrent.</summary>
public sealed record ObjectRecord
{
    public required string Bucket { get; init; }

    public required string Name { get; init; }

    /// <summary>Microseconds since 1970 at which this content was published; strictly increasing for a name.</summary>
    public long Generation { get; init; }

    public long Metageneration { get; init; } = 1;

    /// <summary>Changes with every generation and metageneration.</summary>
    public string Etag =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Generation}/{Metageneration}")));

    public required Content Content { get; init; }

    /// <summary>Microseconds since 1970.</summary>
    public long Created { get; init; }

    /// <summary>Microseconds since 1970.</summary>
    public long Updated { get; init; }

    /// <summary>When it became noncurrent, in microseconds since 1970; null for the live generation.</summary>
    public long? Deleted { get; init; }

    /// <summary>When a soft-deleted object was deleted, in microseconds since 1970; null for one that is not.</summary>
    public long? SoftDeleted { get; init; }

    /// <summary>When a soft-deleted object goes for good, in microseconds since 1970.</summary>
    public long? HardDelete { get; init; }

    /// <summary>
    /// Before when it cannot be deleted, in microseconds since 1970, where its bucket or itself says so; not stored, but found out with it.
    /// </summary>
    public long? RetainedUntil { get; init; }

    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    public StoredObject ToStored() =>
        new(
            Bucket,
            Name,
            Content.Size,
            Generation,
            Metageneration,
            Metadata.ContentType,
            Content.Md5,
            Crc32C.ToBase64(Content.Crc32C),
            Content.Blob,
            Timestamps.FromMicros(Created),
            Timestamps.FromMicros(Updated)
        );
}
