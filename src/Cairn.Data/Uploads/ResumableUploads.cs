using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;

namespace Cairn.Data.Uploads;

/// <summary>
/// Uploads in several requests. Each piece that arrives becomes a blob and a row, so what was acknowledged survives the server; the last
/// request joins the pieces and publishes the object. An upload that came in one piece is published as that piece.
/// </summary>
public sealed class ResumableUploads(
    IDatabase database,
    ObjectCommits commits,
    ObjectStore store,
    ContentStager stager,
    UploadTurns turns,
    IIdSource ids,
    TimeProvider time
)
{
    /// <summary>How long an upload waits for its next piece, as Cloud Storage documents.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Begins an upload and returns its id. What would be refused at the end is refused here where it can be known.</summary>
    public async Task<string> BeginAsync(string bucket, string name, UploadRequest request, CancellationToken cancellation)
    {
        await store.CheckPublishableAsync(bucket, name, request.Preconditions, cancellation);
        var upload = new Upload(ids.NextHex(), bucket, name, request, 0, UploadState.Active, null);
        await database.WriteAsync(
            session =>
            {
                UploadTable.Insert(session, upload, time.NowMicros());
                return true;
            },
            cancellation
        );
        return upload.Id;
    }

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<Upload> GetAsync(string id, CancellationToken cancellation) =>
        await database.ReadAsync(session => UploadTable.Find(session, id), cancellation)
        ?? throw StatusException.NotFound($"There is no upload '{id}': it was never begun, or has expired. Begin the upload again.");

    /// <summary>Takes a piece, or answers how far the upload is; publishes where that was the last.</summary>
    /// <returns>The upload, and the object once there is one.</returns>
    public async Task<(Upload Upload, ObjectRecord? Published)> ReceiveAsync(
        string id,
        UploadRange range,
        Stream body,
        ExpectedHashes expected,
        CancellationToken cancellation
    )
    {
        using var turn = await turns.TakeAsync(id, cancellation);
        var upload = await GetAsync(id, cancellation);
        switch (upload.State)
        {
            case UploadState.Cancelled:
                throw new StatusException(Google.Rpc.Code.Cancelled, $"The upload '{id}' was cancelled. Begin the upload again.");
            case UploadState.Published:
                return (
                    upload,
                    await store.FindAsync(upload.Bucket, upload.Name, upload.Generation, cancellation)
                        ?? throw DataErrors.NoSuchObject(upload.Bucket, upload.Name)
                );
        }

        RequireAnnounced(upload, range.Total);
        if (range.Start is { } start)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, turn.Superseded);
            upload = await AppendAsync(upload, range, start, body, either.Token);
        }

        var complete = range.Total is { } total ? upload.Received == total : range.IsLast;
        if (complete)
        {
            RequireAnnounced(upload, upload.Received);
        }

        return complete ? await FinishAsync(upload, expected, cancellation) : (upload, null);
    }

    /// <summary>Ends an upload; what it had sent is deleted.</summary>
    public async Task CancelAsync(string id, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(id, cancellation);
        var upload = await GetAsync(id, cancellation);
        if (upload.State == UploadState.Active)
        {
            await AbandonAsync(upload);
        }
    }

    /// <summary>Forgets uploads that nothing has happened to for <see cref="Lifetime"/>; returns how many.</summary>
    public Task<int> ExpireAsync(CancellationToken cancellation) =>
        commits.WriteAsync(
            transaction =>
            {
                var idle = UploadTable.Idle(transaction.Session, transaction.Now - (long)Lifetime.TotalMicroseconds, limit: 1000);
                foreach (var id in idle)
                {
                    ReleaseParts(transaction, id);
                    UploadTable.Delete(transaction.Session, id);
                }

                return idle.Count;
            },
            cancellation
        );

    // What was cut off on its way must not be taken for the whole; the upload stays, and can be gone on with.
    private static void RequireAnnounced(Upload upload, long? size)
    {
        if (upload.Request.Size is { } announced && size is { } actual && actual != announced)
        {
            throw StatusException.InvalidArgument(
                $"The upload '{upload.Id}' was begun for {announced} bytes (X-Upload-Content-Length), and this request would make it {actual}."
            );
        }
    }

    private async Task<Upload> AppendAsync(Upload upload, UploadRange range, long start, Stream body, CancellationToken cancellation)
    {
        if (start > upload.Received)
        {
            throw StatusException.InvalidArgument(
                $"Invalid request. According to the Content-Range header, the upload offset is {start} byte(s), which exceeds already uploaded size of {upload.Received} byte(s)."
            );
        }

        // A client that did not hear our last answer sends again what we have.
        await SkipAsync(body, upload.Received - start, cancellation);
        var (staged, broken) = await stager.StageWhatArrivesAsync(body, cancellation);
        if (staged is not null)
        {
            await using (staged)
            {
                var received = upload.Received + staged.Content.Size;
                if (received > (range.End + 1 ?? range.Total ?? upload.Request.Size ?? long.MaxValue))
                {
                    throw StatusException.InvalidArgument(
                        $"The body has more bytes than its Content-Range, or the beginning of the upload, says: {received - start} after byte {start}. Nothing of it was kept."
                    );
                }

                var before = upload;
                upload = await staged.CommitAsync(() =>
                    database.WriteAsync(session => RecordPart(session, before, staged.Content), CancellationToken.None)
                );
            }
        }

        return broken is null ? upload : throw broken;
    }

    private Upload RecordPart(ISqlSession session, Upload upload, Content part)
    {
        var current = UploadTable.Find(session, upload.Id);
        if (current is not { State: UploadState.Active } || current.Received != upload.Received)
        {
            throw StatusException.Aborted(
                $"The upload '{upload.Id}' was continued by another request at the same time. Ask how far it is, and go on from there."
            );
        }

        UploadTable.AddPart(session, upload.Id, upload.Received, part);
        var longer = upload with { Received = upload.Received + part.Size };
        UploadTable.Update(session, longer, time.NowMicros());
        return longer;
    }

    private async Task<(Upload Upload, ObjectRecord? Published)> FinishAsync(
        Upload upload,
        ExpectedHashes expected,
        CancellationToken cancellation
    )
    {
        var parts = await database.ReadAsync(session => UploadTable.Parts(session, upload.Id), cancellation);
        try
        {
            if (parts.Count == 1)
            {
                upload.Request.Expected.Or(expected).Verify(parts[0].Crc32C, parts[0].Md5);
                return await PublishAsync(upload, parts[0], cancellation);
            }

            await using var joined =
                parts.Count == 0
                    ? await stager.StageAsync(Stream.Null, cancellation)
                    : await stager.JoinAsync(parts, wantMd5: true, cancellation);
            joined.Verify(upload.Request.Expected.Or(expected));
            return await joined.CommitAsync(() => PublishAsync(upload, joined.Content, cancellation));
        }
        catch (StatusException error) when (error.Code != Google.Rpc.Code.Aborted)
        {
            // A wrong checksum or a precondition that no longer holds does not become right by trying again.
            await AbandonAsync(upload);
            throw;
        }
    }

    private Task<(Upload Upload, ObjectRecord? Published)> PublishAsync(Upload upload, Content content, CancellationToken cancellation) =>
        commits.WriteAsync<(Upload, ObjectRecord?)>(
            transaction =>
            {
                var current = UploadTable.Find(transaction.Session, upload.Id);
                if (current is not { State: UploadState.Active } || current.Received != upload.Received)
                {
                    throw StatusException.Aborted(
                        $"The upload '{upload.Id}' was finished by another request at the same time. Ask how far it is."
                    );
                }

                ReleaseParts(transaction, upload.Id);
                var item = transaction.Publish(upload.Bucket, upload.Name, content, upload.Request.Metadata, upload.Request.Preconditions);
                var done = upload with { State = UploadState.Published, Generation = item.Generation };
                UploadTable.Update(transaction.Session, done, transaction.Now);
                return (done, item);
            },
            cancellation
        );

    /// <summary>Ends an upload unless it has ended: another server of the same store may have published it since it was read.</summary>
    private Task AbandonAsync(Upload upload) => commits.WriteAsync(transaction => Abort(transaction, upload.Id), CancellationToken.None);

    /// <summary>
    /// Ends an upload in a transaction, unless it has ended already; a request that is sending a piece of it is refused when it comes to
    /// save it.
    /// </summary>
    internal static bool Abort(ObjectTransaction transaction, string id)
    {
        if (UploadTable.Find(transaction.Session, id) is not { State: UploadState.Active } upload)
        {
            return false;
        }

        ReleaseParts(transaction, id);
        UploadTable.Update(transaction.Session, upload with { State = UploadState.Cancelled, Received = 0 }, transaction.Now);
        return true;
    }

    private static void ReleaseParts(ObjectTransaction transaction, string upload)
    {
        var parts = UploadTable.Parts(transaction.Session, upload);
        UploadTable.DeleteParts(transaction.Session, upload);
        foreach (var part in parts)
        {
            transaction.Release(part.Blob);
        }
    }

    private static async Task SkipAsync(Stream body, long count, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellation);
            if (read == 0)
            {
                return;
            }

            count -= read;
        }
    }
}
