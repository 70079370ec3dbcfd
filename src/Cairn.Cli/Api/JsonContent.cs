using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Cli.Api;

/// <summary>JSON bodies.</summary>
internal static class JsonContent
{
    public static HttpContent Of(JsonNode node) => new StringContent(node.ToJsonString(), Encoding.UTF8, "application/json");

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) ?? new JsonObject();
}
