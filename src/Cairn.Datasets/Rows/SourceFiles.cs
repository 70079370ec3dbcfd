using Cairn.Data;
using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>
/// The objects behind the addresses of a data set. An address may name an object, have wildcards (as <c>matchGlob</c> of Cloud Storage), or
/// end in <c>/</c> for all that is below. What was found is read as it was then: an object that is replaced meanwhile fails the reading.
/// </summary>
internal sealed class SourceFiles(IObjects objects, IBlobStore blobs)
{
    /// <summary>The most objects of one data set.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>The objects in the order of their addresses, each once.</summary>
    /// <exception cref="StatusException">NOT_FOUND for an address without an object; PERMISSION_DENIED for another project's
    /// bucket.</exception>
    public async Task<IReadOnlyList<StoredObject>> ResolveAsync(
        IEnumerable<string> addresses,
        string project,
        CancellationToken cancellation
    )
    {
        var found = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var address in addresses)
        {
            var uri = GsUri.Parse(address, "uri");
            await RequireAsync(uri, project, cancellation);
            var before = found.Count;
            await foreach (var item in FindAsync(uri, cancellation))
            {
                if (found.Count == MaxFiles)
                {
                    throw StatusException.InvalidArgument($"The data set has more than {MaxFiles} files; join some of them.");
                }

                found[Address(item)] = item;
            }

            if (found.Count == before && !found.ContainsKey(uri.ToString()))
            {
                throw StatusException.NotFound($"There is no object '{uri}'.");
            }
        }

        return [.. found.Values];
    }

    /// <summary>Refuses a bucket that is not the project's.</summary>
    public async Task RequireAsync(GsUri uri, string project, CancellationToken cancellation)
    {
        var owner =
            await objects.ProjectOfAsync(uri.Bucket, cancellation)
            ?? throw StatusException.NotFound($"There is no bucket '{uri.Bucket}' (of '{uri}').");
        if (owner != project)
        {
            throw StatusException.PermissionDenied(
                $"The bucket '{uri.Bucket}' (of '{uri}') is not of the project '{project}', in which the data set is."
            );
        }
    }

    /// <summary>Opens exactly the content that was found.</summary>
    /// <exception cref="StatusException">ABORTED where it has been replaced or deleted.</exception>
    public async Task<Stream> OpenAsync(StoredObject item, CancellationToken cancellation)
    {
        try
        {
            return await blobs.OpenAsync(item.BlobId, cancellation: cancellation);
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            throw StatusException.Aborted($"'{Address(item)}' was replaced or deleted while the data set was read; begin again.");
        }
    }

    public static string Address(StoredObject item) => $"gs://{item.Bucket}/{item.Name}";

    private async IAsyncEnumerable<StoredObject> FindAsync(
        GsUri uri,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        // A name with wildcards may also be a name.
        if (uri.Object.Length > 0 && !uri.Object.EndsWith('/') && await objects.FindAsync(uri, cancellation) is { } exact)
        {
            yield return exact;
            yield break;
        }

        var wildcard = uri.Object.AsSpan().IndexOfAny("*?[{\\");
        if (wildcard < 0 && uri.Object.Length > 0 && !uri.Object.EndsWith('/'))
        {
            yield break;
        }

        var glob = wildcard < 0 ? null : ObjectGlob.Parse(uri.Object);
        await foreach (var item in objects.ListAsync(wildcard < 0 ? uri : uri with { Object = uri.Object[..wildcard] }, cancellation))
        {
            if (!item.Name.EndsWith('/') && glob?.Matches(item.Name) != false)
            {
                yield return item;
            }
        }
    }
}
