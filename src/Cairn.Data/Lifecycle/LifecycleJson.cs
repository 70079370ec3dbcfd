using System.Text.Json.Nodes;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Lifecycle;

/// <summary>A bucket's <c>lifecycle</c> on the wire, with the limits that Cloud Storage documents.</summary>
internal static class LifecycleJson
{
    private const int MaxRules = 100;

    // Prefixes and suffixes of all rules together.
    private const int MaxPatterns = 1000;

    /// <summary>Some two thousand years, with which no instant overflows.</summary>
    private const int MaxDays = 1_000_000;

    private static readonly string[] OfUploads = ["age", "matchesPrefix", "matchesSuffix"];

    /// <summary>The rules; null where there are none.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT with the path of what is wrong.</exception>
    public static IReadOnlyList<LifecycleRule>? Read(JsonObject? lifecycle)
    {
        if (lifecycle is null)
        {
            return null;
        }

        lifecycle.Only("lifecycle", "rule");
        var rules = new List<LifecycleRule>();
        foreach (var (rule, path) in lifecycle.Items("lifecycle", "rule", MaxRules))
        {
            rule.Only(path, "action", "condition");
            var action = Action(rule.Object("action") ?? throw SettingFields.Invalid($"{path}.action", "is required"), $"{path}.action");
            var given = rule.Object("condition") ?? [];
            rules.Add(new LifecycleRule(action, Condition(given, $"{path}.condition")));
            RequireFitting(action, given, $"{path}.condition");
        }

        var patterns = rules.Sum(rule => (rule.Condition.MatchesPrefix?.Count ?? 0) + (rule.Condition.MatchesSuffix?.Count ?? 0));
        if (patterns > MaxPatterns)
        {
            throw SettingFields.Invalid("lifecycle.rule", $"has {patterns} prefixes and suffixes; the most is {MaxPatterns}");
        }

        return rules.Count == 0 ? null : rules;
    }

    public static JsonObject Write(IReadOnlyList<LifecycleRule> rules) =>
        new()
        {
            ["rule"] = new JsonArray([
                .. rules.Select(static rule => new JsonObject { ["action"] = Write(rule.Action), ["condition"] = Write(rule.Condition) }),
            ]),
        };

    private static LifecycleAction Action(JsonObject action, string path)
    {
        action.Only(path, "type", "storageClass");
        var type = action.Text("type");
        if (type is null || !LifecycleAction.Types.Contains(type))
        {
            throw SettingFields.Invalid($"{path}.type", $"is '{type}'; it must be one of {string.Join(", ", LifecycleAction.Types)}");
        }

        var target = action.Text("storageClass");
        return (type, target) switch
        {
            (LifecycleAction.SetStorageClass, null) => throw SettingFields.Invalid(
                $"{path}.storageClass",
                "is required with the type SetStorageClass"
            ),
            (LifecycleAction.SetStorageClass, _) => new LifecycleAction(type, Class(target, $"{path}.storageClass")),
            (_, null) => new LifecycleAction(type),
            _ => throw SettingFields.Invalid($"{path}.storageClass", $"has no meaning with the type {type}"),
        };
    }

    private static LifecycleCondition Condition(JsonObject condition, string path)
    {
        condition.Only(
            path,
            "age",
            "createdBefore",
            "customTimeBefore",
            "daysSinceCustomTime",
            "daysSinceNoncurrentTime",
            "noncurrentTimeBefore",
            "isLive",
            "numNewerVersions",
            "matchesPrefix",
            "matchesSuffix",
            "matchesStorageClass"
        );
        return new LifecycleCondition
        {
            Age = Count(condition, path, "age"),
            CreatedBefore = Date(condition, path, "createdBefore"),
            CustomTimeBefore = Date(condition, path, "customTimeBefore"),
            DaysSinceCustomTime = Count(condition, path, "daysSinceCustomTime"),
            DaysSinceNoncurrentTime = Count(condition, path, "daysSinceNoncurrentTime"),
            NoncurrentTimeBefore = Date(condition, path, "noncurrentTimeBefore"),
            IsLive = condition.Flag("isLive"),
            NumNewerVersions = Count(condition, path, "numNewerVersions"),
            MatchesPrefix = Patterns(condition, path, "matchesPrefix"),
            MatchesSuffix = Patterns(condition, path, "matchesSuffix"),
            MatchesStorageClass = condition.Texts(path, "matchesStorageClass", 20) is { Count: > 0 } classes
                ? [.. classes.Select(name => Class(name, $"{path}.matchesStorageClass"))]
                : null,
        };
    }

    private static void RequireFitting(LifecycleAction action, JsonObject condition, string path)
    {
        var given = condition
            .Where(static pair => pair.Value is not null and not JsonArray { Count: 0 })
            .Select(static pair => pair.Key)
            .ToList();
        if (given.Count == 0)
        {
            throw SettingFields.Invalid(path, "must have at least one condition; a rule without one would apply to everything");
        }

        if (action.Type == LifecycleAction.AbortUpload && given.Find(static field => !OfUploads.Contains(field)) is { } unfit)
        {
            throw SettingFields.Invalid(
                $"{path}.{unfit}",
                $"does not go with {LifecycleAction.AbortUpload}, which takes {string.Join(", ", OfUploads)}"
            );
        }
    }

    private static int? Count(JsonObject condition, string path, string field) =>
        condition.Number(field) switch
        {
            null => null,
            >= 0 and <= MaxDays and var value => (int)value,
            var value => throw SettingFields.Invalid($"{path}.{field}", $"is {value}; it must be from 0 to {MaxDays}"),
        };

    private static string? Date(JsonObject condition, string path, string field) =>
        condition.Text(field) is not { } text || LifecycleDate.IsOne(text)
            ? condition.Text(field)
            : throw SettingFields.Invalid($"{path}.{field}", $"is '{text}'; it must be a date as 2026-01-31");

    // An empty list says nothing, and must not come to mean "matches none".
    private static IReadOnlyList<string>? Patterns(JsonObject condition, string path, string field) =>
        condition.Texts(path, field, MaxPatterns) is { Count: > 0 } patterns ? patterns : null;

    private static string Class(string? name, string path) =>
        StorageClass.All.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw SettingFields.Invalid(path, $"is '{name}'; it must be one of {string.Join(", ", StorageClass.All)}");

    private static JsonObject Write(LifecycleAction action)
    {
        var json = new JsonObject { ["type"] = action.Type };
        Set(json, "storageClass", action.StorageClass);
        return json;
    }

    private static JsonObject Write(LifecycleCondition condition)
    {
        var json = new JsonObject();
        Set(json, "age", condition.Age);
        Set(json, "createdBefore", condition.CreatedBefore);
        Set(json, "customTimeBefore", condition.CustomTimeBefore);
        Set(json, "daysSinceCustomTime", condition.DaysSinceCustomTime);
        Set(json, "daysSinceNoncurrentTime", condition.DaysSinceNoncurrentTime);
        Set(json, "noncurrentTimeBefore", condition.NoncurrentTimeBefore);
        Set(json, "isLive", condition.IsLive);
        Set(json, "numNewerVersions", condition.NumNewerVersions);
        Set(json, "matchesPrefix", List(condition.MatchesPrefix));
        Set(json, "matchesSuffix", List(condition.MatchesSuffix));
        Set(json, "matchesStorageClass", List(condition.MatchesStorageClass));
        return json;
    }

    private static JsonArray? List(IReadOnlyList<string>? texts) =>
        texts is null ? null : new JsonArray([.. texts.Select(static text => (JsonNode?)text)]);

    private static void Set(JsonObject json, string field, JsonNode? value)
    {
        if (value is not null)
        {
            json[field] = value;
        }
    }
}
