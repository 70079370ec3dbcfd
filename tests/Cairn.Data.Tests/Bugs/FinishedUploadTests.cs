using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Data.Uploads;
using Cairn.Kernel.Checksums;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;

namespace Cairn.Data.Tests.Bugs;

/// <summary>An upload that another server of the same store had finished meanwhile was marked as cancelled.</summary>
public sealed class FinishedUploadTests
{
    [Fact]
    public async Task an_upload_that_was_finished_stays_finished_when_another_server_gives_it_up()
    {
        await using var data = await DataFixture.StartAsync();
        var uploads = data.Get<ResumableUploads>();
        var request = new UploadRequest(new ObjectMetadata(), Preconditions.None, ExpectedHashes.None);
        var id = await uploads.BeginAsync(DataFixture.Bucket, "a", request, default);
        await uploads.ReceiveAsync(id, UploadRange.Parse("bytes 0-3/*"), new MemoryStream([1, 2, 3, 4]), ExpectedHashes.None, default);
        var last = UploadRange.Parse("bytes */4");

        // The second read is of the pieces: the other server has seen the upload as unfinished before.
        var slow = new Interrupted(
            data.Get<IDatabase>(),
            afterReads: 2,
            () => uploads.ReceiveAsync(id, last, Stream.Null, ExpectedHashes.None, default)
        );
        var other = new ResumableUploads(
            slow,
            data.Get<ObjectCommits>(),
            data.Store,
            data.Get<ContentStager>(),
            new UploadTurns(),
            data.Get<IIdSource>(),
            TimeProvider.System
        );
        await Should.ThrowAsync<StatusException>(() =>
            other.ReceiveAsync(id, last, Stream.Null, new ExpectedHashes(Crc32C: "AAAAAA=="), default)
        );

        slow.Happened.ShouldBeTrue();
        (await uploads.GetAsync(id, default)).State.ShouldBe(UploadState.Published);
        (await uploads.ReceiveAsync(id, last, Stream.Null, ExpectedHashes.None, default)).Published!.Content.Size.ShouldBe(4);
    }

    /// <summary>Lets something happen between two reads.</summary>
    private sealed class Interrupted(IDatabase inner, int afterReads, Func<Task> happen) : IDatabase
    {
        private int _reads;

        public bool Happened => _reads >= afterReads;

        public SqlDialect Dialect => inner.Dialect;

        public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) =>
            inner.WriteAsync(work, cancellation);

        public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
        {
            var result = await inner.ReadAsync(work, cancellation);
            if (++_reads == afterReads)
            {
                await happen();
            }

            return result;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
