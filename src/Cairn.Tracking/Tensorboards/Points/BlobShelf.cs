using System.Security.Cryptography;
using System.Text;
using Cairn.Data;
using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Tensorboards.Names;

namespace Cairn.Tracking.Tensorboards.Points;

/// <summary>
/// Where blobs are: objects in a bucket of the project, below the path prefix that the Tensorboard names. Uploaders may put them there themselves and write
/// their ids, or send the bytes and leave the rest to the server.
/// </summary>
internal sealed class BlobShelf(IObjects objects, BucketStore buckets)
{
    private const int MaxId = 256;

    /// <summary>The path prefix for a new Tensorboard, <c>bucket/folder</c>; the bucket is made where it is not there.</summary>
    public async Task<string> PrefixAsync(TensorboardName tensorboard, CancellationToken cancellation)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tensorboard.Project)))[..20];
        foreach (var bucket in new[] { $"{tensorboard.Project}-tensorboard", $"tensorboard-{digest}" })
        {
            if (IsName(bucket) && await TakeAsync(bucket, tensorboard.Project, cancellation).ConfigureAwait(false))
            {
                return $"{bucket}/{tensorboard.Id}";
            }
        }

        throw StatusException.FailedPrecondition($"The buckets '{tensorboard.Project}-tensorboard' and 'tensorboard-{digest}', where the blobs of '{tensorboard}' would go, belong to other projects.");
    }

    /// <summary>The id that bytes get in a series: the same bytes get the same, so that an upload may be repeated.</summary>
    public static string IdOf(string runUuid, long series, ReadOnlySpan<byte> bytes) => $"{Owner(runUuid, series)}{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}";

    /// <summary>How the ids of a series' own blobs begin.</summary>
    public static string Owner(string runUuid, long series) => $"{runUuid}.{series}.";

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is no such id.</exception>
    public static string RequireId(string id) =>
        id.Length is > 0 and <= MaxId && !id.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") && id is not ("." or "..")
            ? id
            : throw StatusException.InvalidArgument($"'{id}' is no blob's id: it has 1 to {MaxId} letters, digits, '.', '_' and '-'.");

    /// <summary>Stores a blob; does nothing where it is there.</summary>
    public async Task PutAsync(string prefix, string project, string id, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var uri = Uri(prefix, id);
        if (await objects.FindAsync(uri, cancellation).ConfigureAwait(false) is { } there && there.Size == bytes.Length)
        {
            return;
        }

        if (!await TakeAsync(uri.Bucket, project, cancellation).ConfigureAwait(false))
        {
            throw StatusException.FailedPrecondition($"The bucket '{uri.Bucket}', where blobs go, belongs to another project.");
        }

        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await objects.PutAsync(uri, content, "application/octet-stream", cancellation).ConfigureAwait(false);
    }

    /// <summary>The size of a blob that an uploader has put there itself.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where there is none.</exception>
    public async Task<long> SizeAsync(string prefix, string id, CancellationToken cancellation) =>
        (await objects.FindAsync(Uri(prefix, RequireId(id)), cancellation).ConfigureAwait(false)
            ?? throw StatusException.InvalidArgument($"There is no blob '{id}' at gs://{prefix}; put it there before its id is written, or send its bytes as `data`.")).Size;

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<byte[]> ReadAsync(string prefix, string id, CancellationToken cancellation)
    {
        await using var stream = await objects.OpenAsync(Uri(prefix, id), cancellation).ConfigureAwait(false);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation).ConfigureAwait(false);
        return bytes.ToArray();
    }

    /// <summary>Deletes every blob whose name begins so.</summary>
    public async Task DeleteAsync(string bucket, string start, CancellationToken cancellation)
    {
        await foreach (var item in objects.ListAsync(new GsUri(bucket, start), cancellation).ConfigureAwait(false))
        {
            await objects.DeleteAsync(new GsUri(bucket, item.Name), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A prefix's bucket, and how its objects' names begin.</summary>
    public static (string Bucket, string Folder) Split(string prefix) => prefix.Split('/', 2) is [var bucket, var folder] ? (bucket, folder + "/") : (prefix, "");

    private static GsUri Uri(string prefix, string id)
    {
        var (bucket, folder) = Split(prefix);
        return new GsUri(bucket, folder + id);
    }

    private static bool IsName(string bucket)
    {
        try
        {
            BucketName.Require(bucket);
            return true;
        }
        catch (StatusException)
        {
            return false;
        }
    }

    private async Task<bool> TakeAsync(string bucket, string project, CancellationToken cancellation)
    {
        if (await objects.ProjectOfAsync(bucket, cancellation).ConfigureAwait(false) is { } owner)
        {
            return owner == project;
        }

        try
        {
            await buckets.CreateAsync(new Bucket { Name = bucket, Project = project }, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.AlreadyExists)
        {
            // Another request was faster.
            return await objects.ProjectOfAsync(bucket, cancellation).ConfigureAwait(false) == project;
        }
    }
}
