using Google.Api;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>A method's REST form.</summary>
/// <param name="Body">The field that the body is, <c>*</c> for the whole request, or empty for none.</param>
/// <param name="ResponseBody">The field of the response that is sent, or empty for all of it.</param>
internal sealed record RestRule(string Method, string Template, string Body, string ResponseBody)
{
    /// <summary>Whether it is of the preview surface.</summary>
    public bool IsPreview => Template.StartsWith("/v1beta1/", StringComparison.Ordinal);
}

/// <summary>Reads <c>google.api.http</c> rules off descriptors.</summary>
internal static class RestRules
{
    private const string Operations = "google.longrunning.Operations";

    /// <summary>
    /// Where Vertex puts operations: flat below a location, or below the resource they work on; the SDK's REST transport polls under
    /// <c>/ui</c>. The classic API knows no locations.
    /// </summary>
    private static readonly string[] OperationParents =
    [
        "projects/*",
        "projects/*/locations/*",
        "projects/*/locations/*/*/*",
        "projects/*/locations/*/*/*/*/*",
        "projects/*/locations/*/*/*/*/*/*/*",
    ];

    public static IEnumerable<RestRule> Of(MethodDescriptor method)
    {
        if (method.Service.FullName == Operations)
        {
            return OperationRules(method.Name);
        }

        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return rule is null ? [] : Versions(new[] { rule }.Concat(rule.AdditionalBindings).Select(Convert));
    }

    /// <summary>Clients of the preview surface send the same messages under <c>v1beta1</c>.</summary>
    private static IEnumerable<RestRule> Versions(IEnumerable<RestRule> rules)
    {
        foreach (var rule in rules)
        {
            yield return rule;
            if (rule.Template.StartsWith("/v1/", StringComparison.Ordinal))
            {
                yield return rule with
                {
                    Template = string.Concat("/v1beta1/", rule.Template.AsSpan("/v1/".Length)),
                };
            }
        }
    }

    private static RestRule Convert(HttpRule rule)
    {
        var (method, template) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
            HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
            HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
            HttpRule.PatternOneofCase.Patch => ("PATCH", rule.Patch),
            HttpRule.PatternOneofCase.Custom => (rule.Custom.Kind, rule.Custom.Path),
            _ => throw new InvalidOperationException($"An http rule without a pattern: {rule}."),
        };
        return new RestRule(method, template, rule.Body, rule.ResponseBody);
    }

    private static IEnumerable<RestRule> OperationRules(string method)
    {
        foreach (var prefix in (string[])["/v1", "/v1beta1", "/ui"])
        {
            foreach (var parent in OperationParents)
            {
                yield return method switch
                {
                    "ListOperations" => new RestRule("GET", $"{prefix}/{{name={parent}}}/operations", "", ""),
                    "GetOperation" => new RestRule("GET", $"{prefix}/{{name={parent}/operations/*}}", "", ""),
                    "DeleteOperation" => new RestRule("DELETE", $"{prefix}/{{name={parent}/operations/*}}", "", ""),
                    "CancelOperation" => new RestRule("POST", $"{prefix}/{{name={parent}/operations/*}}:cancel", "*", ""),
                    "WaitOperation" => new RestRule("POST", $"{prefix}/{{name={parent}/operations/*}}:wait", "*", ""),
                    _ => throw new InvalidOperationException($"No REST rule for the operations method {method}."),
                };
            }
        }
    }
}
