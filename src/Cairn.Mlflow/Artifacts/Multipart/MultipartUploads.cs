using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;
using Cairn.Tracking.Cleanup;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>
/// Uploads in parts: each part is an object of its own until all are made into one. What is left of uploads that were never ended goes
/// after a week.
/// </summary>
internal sealed class MultipartUploads(IDatabase database, IObjects objects, RemovedFolders folders, IIdSource ids, TimeProvider time)
{
    public const int MaxParts = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public async Task<MultipartUpload> CreateAsync(string project, GsUri target, int parts, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var upload = new MultipartUpload(ids.NextHex(), project, target, parts);
        var stale = await database.WriteAsync(
            session =>
            {
                var old = session.Query(
                    "SELECT id, project, bucket, object, parts FROM mlflow_uploads WHERE created < $1 ORDER BY created LIMIT 20",
                    Read,
                    (now - Lifetime).ToUnixTimeMilliseconds()
                );
                foreach (var left in old)
                {
                    Forget(session, left);
                }

                session.Execute(
                    "INSERT INTO mlflow_uploads (id, project, bucket, object, parts, created) VALUES ($1, $2, $3, $4, $5, $6)",
                    upload.Id,
                    project,
                    target.Bucket,
                    target.Object,
                    (long)parts,
                    now.ToUnixTimeMilliseconds()
                );
                return old.Select(static left => left.Project).Distinct().ToList();
            },
            cancellation
        );
        foreach (var owner in stale)
        {
            await folders.EmptyAsync(owner, cancellation);
        }

        return upload;
    }

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<MultipartUpload> GetAsync(string id, CancellationToken cancellation) =>
        await database.ReadAsync(
            session => session.QueryFirst("SELECT id, project, bucket, object, parts FROM mlflow_uploads WHERE id = $1", Read, id),
            cancellation
        ) ?? throw StatusException.NotFound($"There is no upload '{id}': it has been completed, aborted, or left for a week.");

    /// <summary>Keeps a part; the same one again replaces it.</summary>
    /// <returns>Its entity tag.</returns>
    public async Task<string> PutAsync(MultipartUpload upload, int number, Stream content, CancellationToken cancellation)
    {
        if (number < 1 || number > upload.Parts)
        {
            throw StatusException.InvalidArgument($"The part has number {number}; the upload has the parts 1 to {upload.Parts}.");
        }

        return Tag(await objects.PutAsync(upload.Part(number), content, null, cancellation));
    }

    /// <summary>Makes one object of the parts.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="parts">Numbers and entity tags of all its parts, in order.</param>
    /// <param name="cancellation">Gives up; the upload can then be completed again.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT where a part is missing, or not the one that was put.</exception>
    public async Task CompleteAsync(MultipartUpload upload, IReadOnlyList<(int Number, string Tag)> parts, CancellationToken cancellation)
    {
        if (!parts.Select(static part => part.Number).SequenceEqual(Enumerable.Range(1, upload.Parts)))
        {
            throw StatusException.InvalidArgument(
                $"The upload has the parts 1 to {upload.Parts}; the request names {parts.Count} that are not these in order."
            );
        }

        foreach (var (number, tag) in parts)
        {
            var item =
                await objects.FindAsync(upload.Part(number), cancellation)
                ?? throw StatusException.InvalidArgument($"Part {number} of the upload has not been put.");
            if (tag.Length > 0 && tag.Trim('"') != Tag(item).Trim('"'))
            {
                throw StatusException.InvalidArgument(
                    $"Part {number} of the upload has the entity tag {Tag(item)}; the request says {tag}."
                );
            }
        }

        var whole = new JoinedStream(parts.Select(part => upload.Part(part.Number)), objects);
        await using (whole)
        {
            await objects.PutAsync(upload.Target, whole, null, cancellation);
        }

        await EndAsync(upload, cancellation);
    }

    /// <summary>Forgets an upload and its parts.</summary>
    public async Task EndAsync(MultipartUpload upload, CancellationToken cancellation)
    {
        await database.WriteAsync(
            session =>
            {
                Forget(session, upload);
                return true;
            },
            cancellation
        );
        await folders.EmptyAsync(upload.Project, cancellation);
    }

    private static void Forget(ISqlSession session, MultipartUpload upload)
    {
        session.Execute("DELETE FROM mlflow_uploads WHERE id = $1", upload.Id);
        RemovedFolders.Add(session, upload.Project, upload.Folder);
    }

    private static string Tag(StoredObject part) => $"\"{part.Crc32c}-{part.Generation}\"";

    private static MultipartUpload Read(System.Data.Common.DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), new GsUri(row.GetString(2), row.GetString(3)), (int)row.GetInt64(4));
}
