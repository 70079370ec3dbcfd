using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Resources;

/// <summary>Reads the nested fields of settings strictly: what is not understood is refused by its path, never passed over.</summary>
internal static class SettingFields
{
    /// <exception cref="StatusException">INVALID_ARGUMENT with the path of the first field that is not among the known ones.</exception>
    public static void Only(this JsonObject body, string path, params ReadOnlySpan<string> known)
    {
        foreach (var (field, value) in body)
        {
            if (value is not null && !known.Contains(field))
            {
                throw Invalid($"{path}.{field}", $"is not known here; `{path}` has {string.Join(", ", known!)}");
            }
        }
    }

    /// <summary>A list of objects with their paths; empty where the field is absent or null.</summary>
    public static IEnumerable<(JsonObject Item, string Path)> Items(this JsonObject body, string path, string field, int most)
    {
        var index = 0;
        foreach (var entry in List(body, path, field, most))
        {
            var at = $"{path}.{field}[{index++}]";
            yield return (entry as JsonObject ?? throw Invalid(at, "must be an object"), at);
        }
    }

    /// <summary>A list of strings; null where the field is absent or null.</summary>
    public static IReadOnlyList<string>? Texts(this JsonObject body, string path, string field, int most)
    {
        if (body[field] is null)
        {
            return null;
        }

        return List(body, path, field, most)
            .Select(
                (entry, index) =>
                    entry is JsonValue value && value.TryGetValue<string>(out var text) && text.Length <= 1024 && !text.Any(char.IsControl)
                        ? text
                        : throw Invalid(
                            $"{path}.{field}[{index}]",
                            "must be a string of at most 1024 characters, none of them a control character"
                        )
            )
            .ToList();
    }

    public static StatusException Invalid(string path, string objection) =>
        StatusException.InvalidArgument($"Invalid Value: `{path}` {objection}.");

    private static JsonArray List(JsonObject body, string path, string field, int most) =>
        body[field] switch
        {
            null => [],
            JsonArray list when list.Count <= most => list,
            JsonArray list => throw Invalid($"{path}.{field}", $"has {list.Count} entries; the most is {most}"),
            _ => throw Invalid($"{path}.{field}", "must be a list"),
        };
}
