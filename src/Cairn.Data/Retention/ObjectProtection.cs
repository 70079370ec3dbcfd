using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Retention;

/// <summary>What keeps an object from deletion and replacement: its holds, its bucket's retention policy, its own retention.</summary>
internal static class ObjectProtection
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>
    /// When the object may be deleted, in microseconds since 1970; null where no time is set, or an event-based hold keeps the bucket's
    /// policy from counting.
    /// </summary>
    public static long? RetainedUntil(Bucket bucket, ObjectRecord item)
    {
        var metadata = item.Metadata;
        var own = metadata.Retention?.Until;
        if (bucket.Settings.Retention is not { } policy || metadata.EventBasedHold)
        {
            return own;
        }

        var policys = (metadata.HoldReleased ?? item.Created) + (policy.Seconds * MicrosPerSecond);
        return Math.Max(policys, own ?? long.MinValue);
    }

    /// <summary>Why the object must stay, or null where it may go.</summary>
    public static StatusException? Objection(Bucket bucket, ObjectRecord item, long now)
    {
        if (item.Metadata.TemporaryHold || item.Metadata.EventBasedHold)
        {
            var hold = item.Metadata.TemporaryHold ? "temporaryHold" : "eventBasedHold";
            return DataErrors.Held(
                $"Object '{item.Bucket}/{item.Name}' is under active hold (`{hold}`) and cannot be deleted or overwritten. Release the hold first."
            );
        }

        return RetainedUntil(bucket, item) is { } until && until > now
            ? DataErrors.Retained(
                $"Object '{item.Bucket}/{item.Name}' is subject to the bucket's retention policy or a retention of its own, and cannot be deleted or overwritten until {Timestamps.ToRfc3339(until)}."
            )
            : null;
    }
}
