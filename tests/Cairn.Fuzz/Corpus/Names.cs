using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Cairn.Fuzz.Corpus;

/// <summary>
/// What the corpus calls things: <c>$P</c> the project, <c>$L</c> its location, <c>$B</c> its bucket, <c>$M</c> the root of MLflow, and
/// whatever calls have made.
/// </summary>
internal sealed partial class Names
{
    private readonly ConcurrentDictionary<string, string> _known = new();
    private string[] _values = [];

    public Names(string project)
    {
        Project = project;
        _known["P"] = project;
        _known["L"] = Location;
        _known["B"] = project + "-bucket";
        _known["M"] = Location + "/api/2.0";
    }

    public string Project { get; }

    public string Location => $"projects/{Project}/locations/us-central1";

    public string this[string key] => _known[key];

    /// <summary>All that have been made, in an order that is always the same.</summary>
    public IReadOnlyList<string> Values => _values;

    public void Add(string key, string value)
    {
        _known[key] = value;
        _values = [.. _known.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => entry.Value)];
    }

    /// <summary>Puts values in the place of <c>$key</c>, and the last segment of a name in the place of <c>$key.id</c>.</summary>
    public string Expand(string text) =>
        Placeholder()
            .Replace(
                text,
                match =>
                {
                    if (!_known.TryGetValue(match.Groups[1].Value, out var value))
                    {
                        return match.Value;
                    }

                    return match.Groups[2].Success ? value[(value.LastIndexOf('/') + 1)..] : value;
                }
            );

    /// <summary>The id of what was made in a collection (<c>models</c>), or of something that is not there.</summary>
    public string Id(string collection)
    {
        if (collection is "projects")
        {
            return Project;
        }

        if (collection is "locations")
        {
            return "us-central1";
        }

        foreach (var value in _values)
        {
            var at = value.LastIndexOf('/' + collection + '/', StringComparison.Ordinal);
            if (at >= 0)
            {
                var rest = value[(at + collection.Length + 2)..];
                return rest.Contains('/') ? rest[..rest.IndexOf('/')] : rest;
            }
        }

        return collection switch
        {
            "metadataStores" => "default",
            "versions" => "v1",
            "jobs" => "made",
            "logs" => "made",
            _ => "1",
        };
    }

    /// <summary>A path that a template matches: <c>/v1/{name=projects/*/models/*}:predict</c>, <c>/storage/v1/b/{bucket}</c>.</summary>
    public string Fill(string template)
    {
        var path = Variable()
            .Replace(template, match => match.Groups[2].Success ? match.Groups[2].Value : $"\u0001{match.Groups[1].Value}\u0002");
        var verb = path.LastIndexOf(':') is var colon && colon > path.LastIndexOf('/') ? path[colon..] : "";
        var segments = path[..^verb.Length].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = segments[i] switch
            {
                "*" => Id(segments[i - 1]),
                "**" => "a/b",
                ['\u0001', .. var variable, '\u0002'] => Variables(variable),
                var literal => literal,
            };
        }

        return string.Join('/', segments) + verb;
    }

    private string Variables(string name) =>
        name switch
        {
            "bucket" or "targetBucket" => _known["B"],
            "object" => "data.csv",
            "target" => "target.csv",
            "project" => Project,
            "location" => "us-central1",
            "model_id" => _known.GetValueOrDefault("logged", "m-1"),
            _ => "x",
        };

    [GeneratedRegex(@"\$([A-Za-z]+)(\.id)?")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{([^}=]+)(?:=([^}]+))?\}")]
    private static partial Regex Variable();
}
