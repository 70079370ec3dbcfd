using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cairn.Cli.Api;

/// <summary>The MLflow door of one project and region.</summary>
/// <param name="client">The server.</param>
/// <param name="parent"><c>projects/P/locations/L</c>.</param>
internal sealed class MlflowClient(CairnClient client, string parent)
{
    /// <param name="path">From behind <c>2.0/mlflow/</c>: <c>runs/get</c>.</param>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellation, params (string Name, string? Value)[] query)
    {
        var given = query
            .Where(static pair => !string.IsNullOrEmpty(pair.Value))
            .Select(static pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}")
            .ToList();
        return CallAsync(HttpMethod.Get, given.Count == 0 ? path : $"{path}?{string.Join('&', given)}", null, cancellation);
    }

    public Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>Walks the pages of a search.</summary>
    /// <param name="path">The search.</param>
    /// <param name="body">Its arguments, but those of paging.</param>
    /// <param name="items">The member of the answer that holds what was found.</param>
    /// <param name="limit">At most so many; null for all.</param>
    /// <param name="pageSize">So many a call; 1,000 where null.</param>
    public async IAsyncEnumerable<JsonObject> SearchAsync(
        string path,
        JsonObject body,
        string items,
        int? limit,
        int? pageSize,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var left = limit ?? int.MaxValue;
        string? token = null;
        while (left > 0)
        {
            body["max_results"] = Math.Min(left, pageSize ?? 1_000);
            body["page_token"] = token;
            var page = await PostAsync(path, body, cancellation);
            foreach (var item in page[items]?.AsArray() ?? [])
            {
                yield return item!.AsObject();
                if (--left == 0)
                {
                    yield break;
                }
            }

            token = (string?)page["next_page_token"];
            if (string.IsNullOrEmpty(token))
            {
                yield break;
            }
        }
    }

    private async Task<JsonObject> CallAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        var text = await client.TextAsync(method, $"/{parent}/api/2.0/mlflow/{path}", body?.ToJsonString(), cancellation);
        return JsonNode.Parse(text)?.AsObject()
            ?? throw new ApiException("INTERNAL", $"The server's answer to '{path}' is no JSON object.");
    }
}
