using System.Text.Json.Nodes;

namespace Cairn.Cli.Output;

/// <summary>MLflow's lists of <c>{"key": …, "value": …}</c>.</summary>
internal static class MlflowPairs
{
    /// <summary>As one object, in the order of the list.</summary>
    public static JsonObject Object(JsonNode? list)
    {
        var result = new JsonObject();
        foreach (var pair in list?.AsArray() ?? [])
        {
            result[(string)pair!["key"]!] = pair["value"]?.DeepClone();
        }

        return result;
    }
}
