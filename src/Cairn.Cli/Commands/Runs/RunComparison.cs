using System.Text.Json.Nodes;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands.Runs;

/// <summary>What is compared of runs.</summary>
internal static class RunComparison
{
    public static IEnumerable<ComparedValue> Rows(IReadOnlyList<JsonObject> runs, bool withTags)
    {
        var rows = new List<ComparedValue>
        {
            new("run", "status", [.. runs.Select(static run => run["info"]!["status"]?.DeepClone())]),
            new("run", "duration", [.. runs.Select(static run => Duration(run["info"]!))]),
        };
        rows.AddRange(Of("param", [.. runs.Select(static run => MlflowPairs.Object(run["data"]?["params"]))]));
        rows.AddRange(Of("metric", [.. runs.Select(static run => MlflowPairs.Object(run["data"]?["metrics"]))]));
        rows.AddRange(Of("dataset", [.. runs.Select(Digests)]));
        if (withTags)
        {
            rows.AddRange(Of("tag", [.. runs.Select(static run => MlflowPairs.Object(run["data"]?["tags"]))]));
        }

        return rows;
    }

    private static IEnumerable<ComparedValue> Of(string kind, IReadOnlyList<JsonObject> runs) =>
        runs.SelectMany(static run => run.Select(static pair => pair.Key))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => new ComparedValue(kind, name, [.. runs.Select(run => run[name]?.DeepClone())]));

    /// <summary>A dataset's contents are told apart by its digest.</summary>
    private static JsonObject Digests(JsonObject run)
    {
        var digests = new JsonObject();
        foreach (var group in RunView.Datasets(run).GroupBy(static dataset => (string)dataset["name"]!))
        {
            digests[group.Key] = string.Join(' ', group.Select(static dataset => (string?)dataset["digest"]));
        }

        return digests;
    }

    private static JsonNode? Duration(JsonNode info) =>
        info["start_time"] is { } start && info["end_time"] is { } end && (long)end >= (long)start
            ? TimeSpan.FromMilliseconds((long)end - (long)start).ToString("c")
            : null;
}
