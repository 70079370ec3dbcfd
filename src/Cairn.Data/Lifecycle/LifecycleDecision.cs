using Cairn.Data.Objects;

namespace Cairn.Data.Lifecycle;

/// <summary>
/// Which action of a bucket's rules an object gets. Deleting goes before all else; of several classes the coldest wins, and an object only
/// ever moves to a colder one (cloud.google.com/storage/docs/lifecycle, "Conflicting actions" and "SetStorageClass").
/// </summary>
internal static class LifecycleDecision
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>The action for a generation, or null for none.</summary>
    /// <param name="rules">The bucket's.</param>
    /// <param name="item">A stored generation.</param>
    /// <param name="now">Microseconds since 1970.</param>
    /// <param name="newer">Counts the stored generations of the name that are newer; called only where a rule asks.</param>
    public static LifecycleAction? For(IReadOnlyList<LifecycleRule> rules, ObjectRecord item, long now, Func<ObjectRecord, long> newer)
    {
        LifecycleAction? coldest = null;
        foreach (var rule in rules)
        {
            if (rule.Action.Type == LifecycleAction.AbortUpload || !Holds(rule.Condition, item, now, newer))
            {
                continue;
            }

            if (rule.Action.Type == LifecycleAction.Delete)
            {
                return rule.Action;
            }

            var current = coldest?.StorageClass ?? item.Metadata.StorageClass ?? StorageClass.Default;
            if (StorageClass.MayBecome(current, rule.Action.StorageClass!))
            {
                coldest = rule.Action;
            }
        }

        return coldest;
    }

    /// <summary>Whether some rule ends an unfinished upload.</summary>
    public static bool Aborts(IReadOnlyList<LifecycleRule> rules, string name, long begun, long now) =>
        rules.Any(rule =>
            rule.Action.Type == LifecycleAction.AbortUpload && Since(rule.Condition.Age, begun, now) && Matches(rule.Condition, name)
        );

    private static bool Holds(LifecycleCondition condition, ObjectRecord item, long now, Func<ObjectRecord, long> newer) =>
        (condition.IsLive is not { } live || live == item.Deleted is null)
        && Since(condition.Age, item.Created, now)
        && Before(condition.CreatedBefore, item.Created)
        && Since(condition.DaysSinceNoncurrentTime, item.Deleted, now)
        && Before(condition.NoncurrentTimeBefore, item.Deleted)
        && CustomTimeHolds(condition, item, now)
        && (condition.MatchesStorageClass is not { } classes || classes.Contains(item.Metadata.StorageClass ?? StorageClass.Default))
        && Matches(condition, item.Name)
        && (condition.NumNewerVersions is not { } count || newer(item) >= count);

    private static bool CustomTimeHolds(LifecycleCondition condition, ObjectRecord item, long now)
    {
        if (condition is { CustomTimeBefore: null, DaysSinceCustomTime: null })
        {
            return true;
        }

        long? custom = item.Metadata.CustomTime is { } text && Timestamps.TryParseRfc3339(text, out var micros) ? micros : null;
        return Since(condition.DaysSinceCustomTime, custom, now) && Before(condition.CustomTimeBefore, custom);
    }

    private static bool Matches(LifecycleCondition condition, string name) =>
        (condition.MatchesPrefix is not { } prefixes || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
        && (condition.MatchesSuffix is not { } suffixes || suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)));

    // An instant that the object does not have never fulfils a condition about it.
    private static bool Since(int? days, long? instant, long now) =>
        days is null || (instant is { } start && now - start >= days.Value * MicrosPerDay);

    private static bool Before(string? date, long? instant) =>
        date is null || (instant is { } start && start < LifecycleDate.ToMicros(date));
}
