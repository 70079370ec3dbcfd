using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Cairn.Cli.Api;

/// <summary>What a list is asked for.</summary>
/// <param name="Filter">An AIP-160 filter, applied by the server.</param>
/// <param name="Limit">At most so many items; null for all.</param>
/// <param name="PageSize">Items a call; null leaves it to the server.</param>
internal sealed record ListRequest(string? Filter = null, int? Limit = null, int? PageSize = null, string? OrderBy = null);

/// <summary>Walks the pages of a list.</summary>
internal static class Paging
{
    public static async IAsyncEnumerable<TItem> ListAsync<TResponse, TItem>(
        this CairnClient client,
        string path,
        ListRequest request,
        Func<TResponse, (IEnumerable<TItem> Items, string Next)> read,
        [EnumeratorCancellation] CancellationToken cancellation
    )
        where TResponse : IMessage<TResponse>, new()
    {
        var left = request.Limit ?? int.MaxValue;
        var token = "";
        while (left > 0)
        {
            // The last page need not be larger than what is still wanted.
            var size =
                request.PageSize is { } wanted ? Math.Min(wanted, left)
                : left == int.MaxValue ? (int?)null
                : Math.Min(left, 1000);
            var (items, next) = read(await client.GetAsync<TResponse>(path + Query(request, size, token), cancellation));
            foreach (var item in items)
            {
                if (left-- == 0)
                {
                    yield break;
                }

                yield return item;
            }

            if (next.Length == 0)
            {
                yield break;
            }

            token = next;
        }
    }

    private static string Query(ListRequest request, int? pageSize, string pageToken)
    {
        var parts = new List<string>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        Add("filter", request.Filter);
        Add("orderBy", request.OrderBy);
        Add("pageSize", pageSize?.ToString());
        Add("pageToken", pageToken);
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }
}
