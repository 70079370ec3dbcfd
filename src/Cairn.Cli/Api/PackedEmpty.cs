using System.Text.Json.Nodes;

namespace Cairn.Cli.Api;

/// <summary>
/// An empty message in an <c>Any</c> is <c>{"@type": "…/google.protobuf.Empty"}</c> as Google's servers and most libraries write it; the C#
/// library reads it with a member
/// <c>value</c> only.
/// </summary>
internal static class PackedEmpty
{
    private const string Name = "google.protobuf.Empty";

    public static string Complete(string json)
    {
        if (!json.Contains(Name, StringComparison.Ordinal) || JsonNode.Parse(json) is not { } root)
        {
            return json;
        }

        Walk(root);
        return root.ToJsonString();
    }

    private static void Walk(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Walk(item);
                }

                break;
            case JsonObject map:
                if (
                    map["@type"] is JsonValue type
                    && type.TryGetValue<string>(out var url)
                    && url.EndsWith("/" + Name, StringComparison.Ordinal)
                    && !map.ContainsKey("value")
                )
                {
                    map["value"] = new JsonObject();
                }

                foreach (var (_, member) in map)
                {
                    Walk(member);
                }

                break;
        }
    }
}
