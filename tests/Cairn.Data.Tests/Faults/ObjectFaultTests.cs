using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Data.Uploads;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Data.Tests.Faults;

/// <summary>
/// Every step of every operation is made to fail once: the object is the old or the new one, whole; and what failed leaves at most garbage
/// that is collected.
/// </summary>
public sealed class ObjectFaultTests
{
    private static readonly string Old = new('o', 300_000);
    private static readonly string New = new('n', 400_000);

    [Fact]
    public Task a_put_that_fails_anywhere_leaves_the_old_object_or_the_new() => AtEveryStepAsync(data => data.PutAsync("a", New));

    [Fact]
    public Task a_composition_that_fails_anywhere_leaves_the_old_object_or_the_new() => AtEveryStepAsync(ComposeAsync);

    [Fact]
    public Task a_resumable_upload_that_fails_anywhere_leaves_the_old_object_or_the_new() => AtEveryStepAsync(UploadAsync);

    [Fact]
    public Task a_put_over_a_store_that_fails_anywhere_leaves_the_old_object_or_the_new() =>
        AtEveryStepAsync(data => data.PutAsync("a", New), ofDatabase: true);

    [Fact]
    public Task a_composition_over_a_store_that_fails_anywhere_leaves_the_old_object_or_the_new() =>
        AtEveryStepAsync(ComposeAsync, ofDatabase: true);

    [Fact]
    public Task a_resumable_upload_over_a_store_that_fails_anywhere_leaves_the_old_object_or_the_new() =>
        AtEveryStepAsync(UploadAsync, ofDatabase: true);

    private static async Task ComposeAsync(DataFixture data)
    {
        var sources = new[] { "n1", "n2" }.Select(name => new ObjectSource(DataFixture.Bucket, name, null, Preconditions.None)).ToList();
        await data.Get<ObjectCopier>().ComposeAsync(DataFixture.Bucket, "a", sources, ObjectMetadata.Empty, Preconditions.None, default);
    }

    private static async Task UploadAsync(DataFixture data)
    {
        var uploads = data.Get<ResumableUploads>();
        var id = await uploads.BeginAsync(
            DataFixture.Bucket,
            "a",
            new UploadRequest(ObjectMetadata.Empty, Preconditions.None, ExpectedHashes.None),
            default
        );
        var bytes = System.Text.Encoding.UTF8.GetBytes(New);
        await uploads.ReceiveAsync(
            id,
            UploadRange.Parse("bytes 0-199999/400000"),
            new MemoryStream(bytes[..200_000]),
            ExpectedHashes.None,
            default
        );
        await uploads.ReceiveAsync(
            id,
            UploadRange.Parse("bytes 200000-399999/400000"),
            new MemoryStream(bytes[200_000..]),
            ExpectedHashes.None,
            default
        );
    }

    private static async Task AtEveryStepAsync(Func<DataFixture, Task> change, bool ofDatabase = false)
    {
        using var directory = new TemporaryDirectory();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var blobs = new FaultyBlobStore(new DiskBlobStore(directory["blobs"], new RandomIdSource(), TimeProvider.System));
        var folder = Directory.CreateDirectory(directory["data"]).FullName;
        var database = new FaultyDatabase(new SqliteDatabase(Path.Combine(folder, "cairn.db")));
        await using var data = await DataFixture.StartAsync(
            folder,
            services =>
            {
                services.AddSingleton<IBlobStore>(blobs);
                services.AddSingleton<IDatabase>(_ => database);
                services.AddSingleton<TimeProvider>(clock);
            }
        );
        await data.PutAsync("n1", New[..150_000]);
        await data.PutAsync("n2", New[150_000..]);

        for (var step = 0; ; step++)
        {
            await data.PutAsync("a", Old);
            if (ofDatabase)
            {
                database.FailAfter(step);
            }
            else
            {
                blobs.FailAfter(step);
            }

            var acknowledged = true;
            try
            {
                await change(data);
            }
            catch (IOException)
            {
                acknowledged = false;
            }

            var failed = database.HasFailed || blobs.HasFailed;
            database.NeverFail();
            blobs.FailAfter(int.MaxValue);

            // Of what was not acknowledged, only a commit whose answer was lost may be there.
            var read = await data.ReadAsync("a");
            if (acknowledged)
            {
                read.ShouldBe(New, $"step {step}");
            }
            else if (ofDatabase && database.Failure == "after commit")
            {
                read.ShouldBeOneOf(Old, New);
            }
            else
            {
                read.ShouldBe(Old, $"step {step}: {database.Failure}");
            }

            if (!failed)
            {
                step.ShouldBeGreaterThan(3);
                break;
            }
        }

        // Unfinished uploads expire, and then nothing refers to what they left.
        clock.Advance(TimeSpan.FromDays(8));
        await data.Get<ResumableUploads>().ExpireAsync(default);
        await data.Get<GarbageCollector>().CollectAsync(default);
        var left = 0;
        await foreach (var _ in blobs.ListAsync())
        {
            left++;
        }

        left.ShouldBe(3);
    }
}
