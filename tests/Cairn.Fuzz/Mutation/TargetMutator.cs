using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Mutation;

/// <summary>Changes a request's path and query.</summary>
internal static class TargetMutator
{
    private static readonly string[] Parameters =
    [
        "pageSize",
        "pageToken",
        "page_token",
        "filter",
        "orderBy",
        "readMask",
        "updateMask",
        "update_mask",
        "view",
        "allowMissing",
        "force",
        "etag",
        "validateOnly",
        "requestId",
        "name",
        "parent",
        "maxResults",
        "max_results",
        "prefix",
        "delimiter",
        "generation",
        "ifGenerationMatch",
        "ifMetagenerationNotMatch",
        "fields",
        "alt",
        "projection",
        "uploadType",
        "upload_id",
        "userProject",
        "$.xgafv",
        "run_id",
        "experiment_id",
        "path",
        "metric_key",
        "artifactId",
        "modelId",
    ];

    public static string Mutate(string target, Random random, IReadOnlyList<string> names)
    {
        var parts = target.Split('?', 2);
        var query = parts.Length > 1 ? parts[1].Split('&').ToList() : [];
        if (random.Next(2) == 0 || target.Length < 2)
        {
            Query(query, random, names);
        }
        else
        {
            parts[0] = Path(parts[0].Split('/'), random, names);
        }

        return query.Count == 0 ? parts[0] : parts[0] + "?" + string.Join('&', query);
    }

    private static void Query(List<string> query, Random random, IReadOnlyList<string> names)
    {
        var value = random.Next(6) switch
        {
            0 => Uri.EscapeDataString(FilterMaker.Make(random)),
            1 when names.Count > 0 => Uri.EscapeDataString(Words.Pick(random, names)),
            2 => new string('a', Words.Pick(random, 100, 1_025, 6_000)),
            3 => Convert.ToBase64String([0x0A, 5, 1, 2, 3, (byte)random.Next(256)]).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            _ => Words.Pick(random, Words.Texts),
        };
        value = Safe(value);
        if (
            query.FindIndex(static pair => pair.StartsWith("filter", StringComparison.OrdinalIgnoreCase)) is >= 0 and var filter
            && random.Next(2) == 0
        )
        {
            query[filter] = "filter=" + Uri.EscapeDataString(FilterMaker.Make(random));
            return;
        }

        if (query.Count == 0 || random.Next(3) == 0)
        {
            query.Add($"{Words.Pick(random, Parameters)}={value}");
            return;
        }

        var at = random.Next(query.Count);
        var name = query[at].Split('=')[0];
        query[at] = random.Next(4) == 0 ? name : $"{name}={value}";
        if (random.Next(3) == 0)
        {
            query.Add(query[at]);
        }
    }

    private static string Path(string[] segments, Random random, IReadOnlyList<string> names)
    {
        var at = random.Next(1, segments.Length);
        segments[at] = random.Next(7) switch
        {
            0 => Uri.EscapeDataString(Words.Pick(random, Words.Filters).Replace("\ud83d\ude00", "x", StringComparison.Ordinal)),
            1 when names.Count > 0 => Words.Pick(random, names) is var name ? name[(name.LastIndexOf('/') + 1)..] : "",
            2 => new string('a', Words.Pick(random, 64, 129, 257, 1_025)),
            3 => segments[at] + Words.Pick(random, ":", "@", "@1", "/", ":cancel", "%00", ".", "%2F..", ":predict"),
            4 => segments[at][..(segments[at].Length / 2)],
            _ => Words.Pick(random, Words.Texts),
        };
        segments[at] = Safe(segments[at]);
        return string.Join('/', segments);
    }

    private static string Safe(string text) =>
        text.Replace(" ", "%20", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
}
