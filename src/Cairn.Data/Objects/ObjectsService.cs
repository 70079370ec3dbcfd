using System.Runtime.CompilerServices;
using Cairn.Data.Buckets;
using Cairn.Data.Checksums;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;

namespace Cairn.Data.Objects;

/// <summary><see cref="IObjects"/> over the store.</summary>
public sealed class ObjectsService(IDatabase database, IBlobStore blobs, ObjectStore store) : IObjects
{
    private const int Batch = 1000;

    public async Task<StoredObject?> FindAsync(GsUri uri, CancellationToken cancellation = default) =>
        (await store.FindAsync(uri.Bucket, uri.Object, null, cancellation))?.ToStored();

    public async IAsyncEnumerable<StoredObject> ListAsync(GsUri prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var from = prefix.Object;
        var end = ObjectName.PrefixEnd(prefix.Object);
        while (true)
        {
            var start = from;
            var batch = await database.ReadAsync(session => ObjectTable.Live(session, prefix.Bucket, start, end, Batch), cancellation);
            foreach (var item in batch)
            {
                yield return item.ToStored();
            }

            if (batch.Count < Batch)
            {
                yield break;
            }

            // No name has a NUL, so this is the least name that can follow.
            from = batch[^1].Name + "\u0001";
        }
    }

    public async Task<Stream> OpenAsync(GsUri uri, CancellationToken cancellation = default) =>
        (await OpenItemAsync(uri, cancellation)).Content;

    public async Task<(StoredObject Item, Stream Content)> OpenItemAsync(GsUri uri, CancellationToken cancellation = default)
    {
        RequireObject(uri);
        try
        {
            var (item, content) = await store.OpenLiveAsync(uri.Bucket, uri.Object, cancellation);
            return (item.ToStored(), content);
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            throw StatusException.NotFound($"There is no object '{uri}'.");
        }
    }

    public async Task<StoredObject> PutAsync(
        GsUri uri,
        Stream content,
        string? contentType = null,
        CancellationToken cancellation = default
    )
    {
        RequireObject(uri);
        var metadata = new ObjectMetadata { ContentType = contentType };
        var item = await store.PutAsync(uri.Bucket, uri.Object, content, metadata, ExpectedHashes.None, Preconditions.None, cancellation);
        return item.ToStored();
    }

    public async Task<bool> DeleteAsync(GsUri uri, CancellationToken cancellation = default)
    {
        try
        {
            await store.DeleteAsync(uri.Bucket, uri.Object, null, Preconditions.None, cancellation);
            return true;
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            return false;
        }
    }

    public string? LocalPath(StoredObject item) => blobs.LocalPath(item.BlobId);

    public async Task<int> DownloadAsync(GsUri prefix, string directory, CancellationToken cancellation = default)
    {
        // "Below" means below as in folders: gs://b/model must not bring gs://b/model-2 along, and names one object where there is one.
        var folder = prefix.Object.Length == 0 || prefix.Object.EndsWith('/') ? prefix : prefix with { Object = prefix.Object + "/" };
        var files = 0;
        await foreach (var item in ListAsync(folder, cancellation))
        {
            var relative = item.Name[folder.Object.Length..];
            if (relative.Length == 0)
            {
                continue;
            }

            var path = PathGate.Join(directory, relative);
            if (relative.EndsWith('/'))
            {
                Directory.CreateDirectory(path);
                continue;
            }

            await MaterialiseAsync(item, path, cancellation);
            files++;
        }

        return files;
    }

    public Task<string?> ProjectOfAsync(string bucket, CancellationToken cancellation = default) =>
        database.ReadAsync(session => BucketTable.Find(session, bucket)?.Project, cancellation);

    public Task<IReadOnlyList<string>> BucketsAsync(string project, CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session => [.. BucketTable.List(session, project, "", null, int.MaxValue).Select(static bucket => bucket.Name)],
            cancellation
        );

    private async Task MaterialiseAsync(StoredObject item, string path, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (Path.Exists(path))
            {
                throw StatusException.InvalidArgument(
                    $"'gs://{item.Bucket}/{item.Name}' cannot be a file: another object is in its place. Rename one of them."
                );
            }
        }
        catch (IOException)
        {
            throw StatusException.InvalidArgument(
                $"'gs://{item.Bucket}/{item.Name}' cannot be a file: an object stands where its folder must be. Rename one of them."
            );
        }

        if (blobs.LocalPath(item.BlobId) is { } blob && HardLink.TryCreate(blob, path))
        {
            return;
        }

        await using var content = await OpenAsync(new GsUri(item.Bucket, item.Name), cancellation);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await content.CopyToAsync(file, cancellation);
    }

    private static void RequireObject(GsUri uri)
    {
        if (uri.Object.Length == 0)
        {
            throw StatusException.InvalidArgument($"'{uri}' names a bucket; it must name an object, as gs://bucket/object.");
        }
    }
}
