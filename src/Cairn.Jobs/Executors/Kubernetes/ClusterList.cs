using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>All of a kind, read page by page.</summary>
/// <param name="Items">The things.</param>
/// <param name="Version">What a watch goes on from.</param>
internal sealed record ClusterList<T>(IReadOnlyList<T> Items, string? Version)
{
    /// <summary>Reads all pages.</summary>
    /// <param name="page">Reads the page that a token stands for; the first for null.</param>
    /// <exception cref="ExecutorAwayException">What is answered is no list.</exception>
    public static async Task<ClusterList<T>> ReadAsync<TList>(Func<string?, Task<TList?>> page)
        where TList : class, IItems<T>, IMetadata<V1ListMeta>
    {
        var items = new List<T>();
        string? next = null;
        while (true)
        {
            if (await page(next) is not { Items: { } some } list)
            {
                throw new ExecutorAwayException("The Kubernetes cluster has answered with something that is no list.");
            }

            items.AddRange(some);
            next = list.Metadata?.ContinueProperty;
            if (string.IsNullOrEmpty(next))
            {
                return new ClusterList<T>(items, list.Metadata?.ResourceVersion);
            }
        }
    }
}
