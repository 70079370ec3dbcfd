using Cairn.Data.Cors;
using Cairn.Data.Lifecycle;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;

namespace Cairn.Data.Buckets;

/// <summary>
/// What a bucket's owner has decided about its objects. Kept as JSON beside the bucket's row; a value that is null or false is the default.
/// </summary>
public sealed record BucketSettings
{
    public static BucketSettings Default { get; } = new();

    /// <summary>What the sweep does with objects, or null for nothing.</summary>
    public IReadOnlyList<LifecycleRule>? Lifecycle { get; init; }

    /// <summary>Which web pages of other origins may use the bucket's objects, or null for none.</summary>
    public IReadOnlyList<CorsRule>? Cors { get; init; }

    /// <summary>How long every object is kept from deletion, or null.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>How long deleted objects can be restored, or null where they cannot.</summary>
    public SoftDeletePolicy? SoftDelete { get; init; }

    /// <summary>Whether new objects get an event-based hold.</summary>
    public bool DefaultEventBasedHold { get; init; }

    /// <summary>Whether objects may have a retention of their own. Once set, it stays.</summary>
    public bool ObjectRetention { get; init; }

    /// <summary>Whether a policy that names everyone is refused.</summary>
    public bool PreventsPublicAccess { get; init; }
}
