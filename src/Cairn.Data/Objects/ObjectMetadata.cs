using Cairn.Data.Retention;

namespace Cairn.Data.Objects;

/// <summary>What the owner of an object says about it, and may change without a new generation.</summary>
public sealed record ObjectMetadata
{
    public static ObjectMetadata Empty { get; } = new();

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentLanguage { get; init; }

    public string? CacheControl { get; init; }

    /// <summary>RFC 3339.</summary>
    public string? CustomTime { get; init; }

    /// <summary>Null for the bucket's.</summary>
    public string? StorageClass { get; init; }

    /// <summary>While set, the object can be neither deleted nor replaced.</summary>
    public bool TemporaryHold { get; init; }

    /// <summary>As <see cref="TemporaryHold"/>; its release starts the bucket's retention period.</summary>
    public bool EventBasedHold { get; init; }

    /// <summary>When the last event-based hold was released, in microseconds since 1970; kept by the server.</summary>
    public long? HoldReleased { get; init; }

    /// <summary>When the storage class was changed, in microseconds since 1970; null where it is the first. Kept by the server.</summary>
    public long? ClassChanged { get; init; }

    /// <summary>Until when the object can be neither deleted nor replaced.</summary>
    public ObjectRetention? Retention { get; init; }

    public Dictionary<string, string>? Custom { get; init; }
}
