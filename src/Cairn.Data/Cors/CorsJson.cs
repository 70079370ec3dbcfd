using System.Text.Json.Nodes;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Cors;

/// <summary>A bucket's <c>cors</c> on the wire.</summary>
internal static class CorsJson
{
    private const int MaxRules = 100;
    private const int MaxEntries = 1000;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"];

    /// <summary>The rules; null where there are none.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT with the path of what is wrong.</exception>
    public static IReadOnlyList<CorsRule>? Read(JsonObject bucket)
    {
        var rules = new List<CorsRule>();
        foreach (var (rule, at) in bucket.Items("bucket", "cors", MaxRules))
        {
            var path = at["bucket.".Length..];
            rule.Only(path, "origin", "method", "responseHeader", "maxAgeSeconds");
            rules.Add(
                new CorsRule(
                    rule.Texts(path, "origin", MaxEntries)?.Select(origin => Origin(origin, path)).ToList() ?? [],
                    rule.Texts(path, "method", MaxEntries)?.Select(method => Method(method, path)).ToList() ?? [],
                    rule.Texts(path, "responseHeader", MaxEntries)?.Select(header => Header(header, path)).ToList() ?? [],
                    rule.Number("maxAgeSeconds") is var age && age is < 0 or > int.MaxValue
                        ? throw SettingFields.Invalid($"{path}.maxAgeSeconds", $"is {age}; it must be from 0 to {int.MaxValue}")
                        : age
                )
            );
        }

        return rules.Count == 0 ? null : rules;
    }

    public static JsonArray Write(IReadOnlyList<CorsRule> rules) => new([.. rules.Select(Write)]);

    private static JsonObject Write(CorsRule rule)
    {
        var json = new JsonObject();
        Set(json, "origin", rule.Origins);
        Set(json, "method", rule.Methods);
        Set(json, "responseHeader", rule.Headers);
        if (rule.MaxAgeSeconds is { } age)
        {
            json["maxAgeSeconds"] = age;
        }

        return json;
    }

    private static void Set(JsonObject json, string field, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            json[field] = new JsonArray([.. texts.Select(static text => (JsonNode?)text)]);
        }
    }

    // A browser sends scheme, host and port and no more: an origin with a path would never match, and its owner would not learn why.
    private static string Origin(string origin, string path)
    {
        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        return origin == "*" || (scheme > 0 && origin.Length > scheme + 3 && origin.IndexOf('/', scheme + 3) < 0)
            ? origin
            : throw SettingFields.Invalid(
                $"{path}.origin",
                $"has '{origin}'; an origin is '*', or a scheme, host and port without a path, as https://example.com"
            );
    }

    private static string Method(string method, string path) =>
        Methods.Contains(method.ToUpperInvariant())
            ? method.ToUpperInvariant()
            : throw SettingFields.Invalid($"{path}.method", $"has '{method}'; it must be one of {string.Join(", ", Methods)}");

    private static string Header(string header, string path) =>
        header.Length > 0 && header.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))
            ? header
            : throw SettingFields.Invalid($"{path}.responseHeader", $"has '{header}', which is not the name of a header");
}
