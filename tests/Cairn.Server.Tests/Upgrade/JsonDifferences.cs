using System.Text.Json.Nodes;

namespace Cairn.Server.Tests.Upgrade;

/// <summary>Where two JSON values differ.</summary>
internal static class JsonDifferences
{
    /// <summary>One sentence for each place: its path, what was there, and what is.</summary>
    public static IEnumerable<string> Of(JsonNode? older, JsonNode? newer, string path = "")
    {
        switch (older, newer)
        {
            case (JsonObject was, JsonObject now):
                return was.Select(static member => member.Key)
                    .Union(now.Select(static member => member.Key))
                    .SelectMany(key => Of(was[key], now[key], $"{path}.{key}"));
            case (JsonArray was, JsonArray now) when was.Count == now.Count:
                return Enumerable.Range(0, was.Count).SelectMany(i => Of(was[i], now[i], $"{path}[{i}]"));
            default:
                return JsonNode.DeepEquals(older, newer) ? [] : [$"{path}: was {Text(older)}, is {Text(newer)}"];
        }
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "not there";
}
