using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Retention;

/// <summary>What a change of an object's metadata may do to its retention and holds.</summary>
internal static class ObjectRetentionRules
{
    /// <summary>The metadata of a new object, with what its bucket gives to new objects.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static ObjectMetadata ForNew(Bucket bucket, ObjectMetadata metadata, long now)
    {
        var held = metadata.EventBasedHold || bucket.Settings.DefaultEventBasedHold;
        var created = metadata with { EventBasedHold = held, HoldReleased = null, ClassChanged = null };
        if (metadata.Retention is { } wanted)
        {
            Require(bucket, created);
            RequireFuture(wanted, now);
        }

        return created;
    }

    /// <summary>The changed metadata with what the server keeps in it.</summary>
    /// <param name="bucket">The object's.</param>
    /// <param name="before">As stored.</param>
    /// <param name="after">As the caller wants it.</param>
    /// <param name="now">Microseconds since 1970.</param>
    /// <param name="overrideUnlocked">Whether the caller has said that an unlocked retention may become shorter.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT; with <see cref="DataErrors.RetentionNotMet"/> where the retention forbids the
    /// change.</exception>
    public static ObjectMetadata ForChange(Bucket bucket, ObjectMetadata before, ObjectMetadata after, long now, bool overrideUnlocked)
    {
        if (after.Retention != before.Retention)
        {
            CheckRetention(bucket, before, after, now, overrideUnlocked);
        }
        else if (after.Retention is not null)
        {
            Require(bucket, after);
        }

        return after with
        {
            // Releasing an event-based hold starts the bucket's retention period.
            HoldReleased = before.EventBasedHold && !after.EventBasedHold ? now : before.HoldReleased,
            ClassChanged = after.StorageClass == before.StorageClass ? before.ClassChanged : now,
        };
    }

    private static void CheckRetention(Bucket bucket, ObjectMetadata before, ObjectMetadata after, long now, bool overrideUnlocked)
    {
        var (old, wanted) = (before.Retention, after.Retention);
        if (wanted is not null)
        {
            Require(bucket, after);
            if (wanted.Until != old?.Until)
            {
                RequireFuture(wanted, now);
            }
        }

        if (old is null || old.Until <= now)
        {
            return;
        }

        var weaker = wanted is null || wanted.Until < old.Until || (old.Locked && !wanted.Locked);
        if (weaker && old.Locked)
        {
            throw DataErrors.Retained(
                $"The object's `retention` is Locked until {Timestamps.ToRfc3339(old.Until)}: it can become longer, and neither shorter nor Unlocked, nor be removed."
            );
        }

        if (weaker && !overrideUnlocked)
        {
            throw DataErrors.Retained(
                $"The object's `retention` lasts until {Timestamps.ToRfc3339(old.Until)}; to shorten or remove it, say ?overrideUnlockedRetention=true."
            );
        }
    }

    private static void Require(Bucket bucket, ObjectMetadata metadata)
    {
        if (!bucket.Settings.ObjectRetention)
        {
            throw StatusException.InvalidArgument(
                $"`retention` needs a bucket with `objectRetention.mode` Enabled, and '{bucket.Name}' is not one. Create it with ?enableObjectRetention=true."
            );
        }

        if (metadata.EventBasedHold)
        {
            throw StatusException.InvalidArgument(
                "An object cannot have both `retention` and `eventBasedHold` (which a bucket with `defaultEventBasedHold` gives). Leave one of them out."
            );
        }
    }

    private static void RequireFuture(ObjectRetention wanted, long now)
    {
        if (wanted.Until <= now || wanted.Until - now > RetentionPolicy.MaxSeconds * 1_000_000)
        {
            throw StatusException.InvalidArgument(
                $"Invalid Value: `retention.retainUntilTime` is {Timestamps.ToRfc3339(wanted.Until)}; it must be in the future, at most 100 years away."
            );
        }
    }
}
