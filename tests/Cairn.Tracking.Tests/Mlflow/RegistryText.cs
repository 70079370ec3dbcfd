using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Models and versions as text, the same of whichever door told them.</summary>
internal static class RegistryText
{
    public static async Task<string> OfMlflowAsync(MlflowClient mlflow)
    {
        var models = (await mlflow.Get("mlflow/registered-models/search"))["registered_models"]!.AsArray();
        var versions = (await mlflow.Get("mlflow/model-versions/search"))["model_versions"]!.AsArray();
        var text = new StringBuilder();
        foreach (var model in models.OrderBy(static model => (string)model!["name"]!, StringComparer.Ordinal))
        {
            var name = (string)model!["name"]!;
            var own = versions.Where(version => (string)version!["name"]! == name).OrderBy(static version => Number(version, "version"));
            if (own.Any())
            {
                text.Append(name).Append(": ").AppendLine((string?)model["description"] ?? "");
            }

            foreach (var version in own)
            {
                text.AppendLine(Line(Number(version, "version"), (string)version!["description"]!, Strings(version["aliases"])));
            }
        }

        return text.ToString();
    }

    public static async Task<string> OfVertexAsync(MlflowClient client, IEnumerable<JsonNode> models)
    {
        var text = new StringBuilder();
        foreach (var model in models.OrderBy(static model => (string)model["displayName"]!, StringComparer.Ordinal))
        {
            text.Append((string)model["displayName"]!).Append(": ").AppendLine((string?)model["description"] ?? "");
            var versions = (await client.Get($"//v1/{(string)model["name"]!}:listVersions"))["models"]!.AsArray();
            foreach (var version in versions.OrderBy(static version => Number(version, "versionId")))
            {
                var aliases = Strings(version!["versionAliases"]).Where(static alias => alias != "default");
                text.AppendLine(Line(Number(version, "versionId"), (string?)version["versionDescription"] ?? "", aliases));
            }
        }

        return text.ToString();
    }

    public static string Line(long number, string description, IEnumerable<string> aliases) =>
        $"  {number} {description} [{string.Join(", ", aliases.Order(StringComparer.Ordinal))}]";

    private static long Number(JsonNode? version, string field) =>
        long.Parse((string)version![field]!, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Strings(JsonNode? list) => (list?.AsArray() ?? []).Select(static item => (string)item!);
}
