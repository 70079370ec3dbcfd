using System.Security.Cryptography;
using Cairn.Data;
using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tenancy;
using Cairn.Tensorboards.Names;

namespace Cairn.Tensorboards.Points;

/// <summary>
/// Where blobs are: objects in a bucket of the project, below the path prefix that the Tensorboard names. Uploaders may put them there
/// themselves and write their ids, or send the bytes and leave the rest to the server.
/// </summary>
internal sealed class BlobShelf(IObjects objects, ProjectBuckets buckets, ITenantGate gate)
{
    private const string Purpose = "tensorboard";
    private const int MaxId = 256;

    /// <summary>The path prefix for a new Tensorboard, <c>bucket/folder</c>; the bucket is made where it is not there.</summary>
    public async Task<string> PrefixAsync(TensorboardName tensorboard, CancellationToken cancellation) =>
        $"{await buckets.EnsureAsync(tensorboard.Project, Purpose, cancellation)}/{tensorboard.Id}";

    /// <summary>The id that bytes get in a series: the same bytes get the same, so that an upload may be repeated.</summary>
    public static string IdOf(string runUuid, long series, ReadOnlySpan<byte> bytes) =>
        $"{Owner(runUuid, series)}{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}";

    /// <summary>How the ids of a series' own blobs begin.</summary>
    public static string Owner(string runUuid, long series) => $"{runUuid}.{series}.";

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is no such id.</exception>
    public static string RequireId(string id) =>
        id.Length is > 0 and <= MaxId
        && !id.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        && id is not ("." or "..")
            ? id
            : throw StatusException.InvalidArgument($"'{id}' is no blob's id: it has 1 to {MaxId} letters, digits, '.', '_' and '-'.");

    /// <summary>Stores a blob; does nothing where it is there.</summary>
    public async Task PutAsync(string prefix, string project, string id, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var uri = await OwnAsync(prefix, project, id, cancellation);
        if (await objects.FindAsync(uri, cancellation) is { } there && there.Size == bytes.Length)
        {
            return;
        }

        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await objects.PutAsync(uri, content, "application/octet-stream", cancellation);
    }

    /// <summary>The size of a blob that an uploader has put there itself.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where there is none.</exception>
    public async Task<long> SizeAsync(string prefix, string project, string id, CancellationToken cancellation) =>
        (
            await objects.FindAsync(await OwnAsync(prefix, project, RequireId(id), cancellation), cancellation)
            ?? throw StatusException.InvalidArgument(
                $"There is no blob '{id}' at gs://{prefix}; put it there before its id is written, or send its bytes as `data`."
            )
        ).Size;

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<byte[]> ReadAsync(string prefix, string project, string id, CancellationToken cancellation)
    {
        await using var stream = await objects.OpenAsync(await OwnAsync(prefix, project, id, cancellation), cancellation);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    /// <summary>Deletes every blob whose name begins so.</summary>
    public async Task DeleteAsync(string bucket, string start, CancellationToken cancellation)
    {
        await foreach (var item in objects.ListAsync(new GsUri(bucket, start), cancellation))
        {
            await objects.DeleteAsync(new GsUri(bucket, item.Name), cancellation);
        }
    }

    /// <summary>A prefix's bucket, and how its objects' names begin.</summary>
    public static (string Bucket, string Folder) Split(string prefix) =>
        prefix.Split('/', 2) is [var bucket, var folder] ? (bucket, folder + "/") : (prefix, "");

    /// <summary>
    /// A blob's address. A bucket that was deleted and made again by another project is not the one that the prefix meant.
    /// </summary>
    private async Task<GsUri> OwnAsync(string prefix, string project, string id, CancellationToken cancellation)
    {
        var (bucket, folder) = Split(prefix);
        return await gate.OwnsAsync(project, bucket, cancellation)
            ? new GsUri(bucket, folder + id)
            : throw StatusException.FailedPrecondition(
                $"The bucket '{bucket}', where the blobs are, is not there any more, or is not of the project '{project}'. Make it in that project again."
            );
    }
}
