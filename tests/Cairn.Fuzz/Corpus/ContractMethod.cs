using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Kernel.Rpc;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Fuzz.Corpus;

/// <summary>A method that the server serves, with its <c>google.api.http</c> rules.</summary>
internal sealed record ContractMethod(MethodDescriptor Descriptor, IReadOnlyList<ContractRule> Rules)
{
    private static readonly JsonParser Lenient = new(
        JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(AnyTypes.All)
    );

    public string Path => $"/{Descriptor.Service.FullName}/{Descriptor.Name}";

    /// <summary>Whether it answers only after something has come about.</summary>
    public bool Waits => Descriptor.Name is "WaitOperation" or "TailLogEntries";

    public static ContractMethod Of(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return new ContractMethod(method, rule is null ? [] : [.. new[] { rule }.Concat(rule.AdditionalBindings).Select(ContractRule.Of)]);
    }

    /// <summary>The request that a JSON object spells; null where it spells none.</summary>
    public IMessage? Parse(string json)
    {
        try
        {
            return Lenient.Parse(json, Descriptor.InputType);
        }
        catch (Exception error)
            when (error
                    is InvalidJsonException
                        or InvalidProtocolBufferException
                        or FormatException
                        or OverflowException
                        or InvalidOperationException
                        or ArgumentException
            )
        {
            return null;
        }
    }
}

/// <summary>One REST form of a method.</summary>
/// <param name="Body">The field that is the body, <c>*</c>, or empty.</param>
internal sealed partial record ContractRule(string Verb, string Template, string Body)
{
    private readonly Regex _pattern = new(
        "^"
            + Variable()
                .Replace(
                    Regex.Escape(Template),
                    static match =>
                        $"(?<{match.Groups[1].Value.Replace(@"\.", "__", StringComparison.Ordinal)}>{match.Groups[2].Value.Replace(@"\*\*", ".+", StringComparison.Ordinal).Replace(@"\*", "[^/:]+", StringComparison.Ordinal)})"
                )
            + "$"
    );

    public static ContractRule Of(HttpRule rule) =>
        rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => new("GET", rule.Get, rule.Body),
            HttpRule.PatternOneofCase.Put => new("PUT", rule.Put, rule.Body),
            HttpRule.PatternOneofCase.Post => new("POST", rule.Post, rule.Body),
            HttpRule.PatternOneofCase.Delete => new("DELETE", rule.Delete, rule.Body),
            HttpRule.PatternOneofCase.Patch => new("PATCH", rule.Patch, rule.Body),
            _ => new(rule.Custom.Kind, rule.Custom.Path, rule.Body),
        };

    /// <summary>The names of the fields that stand in the path.</summary>
    public IEnumerable<string> PathFields =>
        _pattern
            .GetGroupNames()
            .Where(static name => !char.IsAsciiDigit(name[0]))
            .Select(static name => name.Replace("__", ".", StringComparison.Ordinal));

    /// <summary>The whole request as a JSON object, from its REST form; null where it is not one of this rule's.</summary>
    public string? Request(string verb, string target, string? body)
    {
        var parts = target.Split('?', 2);
        if (verb != Verb || _pattern.Match(parts[0]) is not { Success: true } match)
        {
            return null;
        }

        try
        {
            var given = body is null ? new JsonObject() : JsonNode.Parse(body) as JsonObject ?? [];
            var request = Body is "*" or "" ? given : new JsonObject { [Body] = given };
            foreach (var pair in parts.Length == 1 ? [] : parts[1].Split('&'))
            {
                var (name, value) = (pair.Split('=')[0], Uri.UnescapeDataString(pair[(pair.IndexOf('=') + 1)..].Replace('+', ' ')));
                request[name] = request[name] is { } before
                    ? new JsonArray([.. before as JsonArray ?? [before.DeepClone()], value])
                    : value;
            }

            foreach (var field in PathFields)
            {
                Set(request, field.Split('.'), match.Groups[field.Replace(".", "__", StringComparison.Ordinal)].Value);
            }

            return request.ToJsonString();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Set(JsonObject target, string[] path, string value)
    {
        foreach (var segment in path[..^1])
        {
            target = (target[segment] ??= new JsonObject()).AsObject();
        }

        target[path[^1]] = value;
    }

    [GeneratedRegex(@"\\\{([^}=]+?)=([^}]+)\}")]
    private static partial Regex Variable();
}
