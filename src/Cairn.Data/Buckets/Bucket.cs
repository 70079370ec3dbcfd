using System.Globalization;
using System.Text;

namespace Cairn.Data.Buckets;

/// <summary>A bucket. Names are global; the project is the tenant that owns it.</summary>
public sealed record Bucket
{
    public required string Name { get; init; }

    public required string Project { get; init; }

    /// <summary>What the creator said, in upper case. Everything is stored in one place; clients read it back.</summary>
    public string Location { get; init; } = "US";

    /// <summary>The class that new objects get; a label without effect here.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    public long Metageneration { get; init; } = 1;

    /// <summary>Changes with every metageneration.</summary>
    public string Etag => Convert.ToBase64String(Encoding.ASCII.GetBytes(Metageneration.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Microseconds since 1970; tells a bucket apart from earlier ones of its name.</summary>
    public long Created { get; init; }

    /// <summary>Microseconds since 1970.</summary>
    public long Updated { get; init; }

    /// <summary>Whether replaced and deleted objects stay as noncurrent generations.</summary>
    public bool Versioning { get; init; }

    public BucketSettings Settings { get; init; } = BucketSettings.Default;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The IAM policy as JSON, where one was set.</summary>
    public string? Policy { get; init; }

    /// <summary>When a soft-deleted bucket was deleted, in microseconds since 1970; null for one that is not.</summary>
    public long? SoftDeleted { get; init; }

    /// <summary>When a soft-deleted bucket goes for good, in microseconds since 1970.</summary>
    public long? HardDelete { get; init; }

    /// <summary>No later generation may be at or below this: the highest that was deleted for good.</summary>
    public long GenerationFloor { get; init; }
}
