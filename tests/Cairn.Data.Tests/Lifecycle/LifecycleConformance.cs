using Cairn.Data.Checksums;
using Cairn.Data.Lifecycle;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Data.Tests.Engines;
using Cairn.Data.Uploads;
using Google.Rpc;

namespace Cairn.Data.Tests.Lifecycle;

/// <summary>What lifecycle rules do, on every engine.</summary>
public abstract class LifecycleConformance(DataEngine engine) : IAsyncLifetime
{
    private DataFixture _data = null!;

    public async ValueTask InitializeAsync() => _data = await engine.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_data is not null)
        {
            await _data.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task an_object_goes_with_its_blob_once_every_condition_of_a_rule_holds()
    {
        await RulesAsync(
            Delete(
                new LifecycleCondition
                {
                    Age = 3,
                    MatchesPrefix = ["tmp/"],
                    MatchesSuffix = [".log"],
                }
            )
        );
        var due = await _data.PutAsync("tmp/a.log", ObjectMetadata.Empty);
        await _data.PutAsync("tmp/a.txt", ObjectMetadata.Empty);
        await _data.PutAsync("kept/a.log", ObjectMetadata.Empty);

        engine.Clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        (await SweepAsync()).ShouldBe(default);
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        (await SweepAsync()).ShouldBe(new SweepCount(1, 0, 0));

        (await NamesAsync()).ShouldBe(["kept/a.log", "tmp/a.txt"]);
        _data.HasBlob(due).ShouldBeFalse();
        (await SweepAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task each_condition_picks_the_objects_that_it_is_about()
    {
        // Created on the 1st: "old". On the 11th: "new", "tagged" with a custom time of the 5th, and a second generation of "replaced".
        // Looked at on the 21st.
        (LifecycleCondition Condition, string[] Left)[] cases =
        [
            (new() { Age = 15 }, ["new", "replaced", "tagged"]),
            (new() { Age = 30 }, ["new", "old", "replaced", "replaced", "tagged"]),
            (new() { CreatedBefore = "2031-03-02" }, ["new", "replaced", "tagged"]),
            (new() { CustomTimeBefore = "2031-03-06" }, ["new", "old", "replaced", "replaced"]),
            (new() { CustomTimeBefore = "2031-03-05" }, ["new", "old", "replaced", "replaced", "tagged"]),
            (new() { DaysSinceCustomTime = 16 }, ["new", "old", "replaced", "replaced"]),
            (new() { DaysSinceCustomTime = 17 }, ["new", "old", "replaced", "replaced", "tagged"]),
            (new() { DaysSinceNoncurrentTime = 10 }, ["new", "old", "replaced", "tagged"]),
            (new() { DaysSinceNoncurrentTime = 11 }, ["new", "old", "replaced", "replaced", "tagged"]),
            (new() { NoncurrentTimeBefore = "2031-03-12" }, ["new", "old", "replaced", "tagged"]),
            (new() { NoncurrentTimeBefore = "2031-03-11" }, ["new", "old", "replaced", "replaced", "tagged"]),
            (new() { IsLive = false }, ["new", "old", "replaced", "tagged"]),
            (new() { NumNewerVersions = 1 }, ["new", "old", "replaced", "tagged"]),
            (new() { MatchesStorageClass = ["NEARLINE"] }, ["old", "replaced", "replaced", "tagged"]),
        ];
        foreach (var (condition, left) in cases)
        {
            engine.Clock.AdjustTime(new DateTimeOffset(2031, 3, 1, 12, 0, 0, TimeSpan.Zero));
            await _data.SetAsync(settings => settings, versioning: true);
            await _data.PutAsync("old", ObjectMetadata.Empty);
            await _data.PutAsync("replaced", ObjectMetadata.Empty);
            engine.Clock.Advance(TimeSpan.FromDays(10));
            await _data.PutAsync("replaced", ObjectMetadata.Empty);
            await _data.PutAsync("new", new ObjectMetadata { StorageClass = "NEARLINE" });
            await _data.PutAsync("tagged", new ObjectMetadata { CustomTime = "2031-03-05T12:00:00.000Z" });
            engine.Clock.Advance(TimeSpan.FromDays(10));

            // What a rule deletes of the live ones is gone only where nothing keeps it.
            await _data.SetAsync(settings => settings with { Lifecycle = [Delete(condition)] }, versioning: false);
            await SweepAsync();

            var found = await _data.ListAsync(versions: true);
            found.Select(static item => item.Name).ShouldBe(left, condition.ToString());
            foreach (var item in found)
            {
                await _data.DeleteAsync(item.Name, item.Generation);
            }
        }
    }

    [Fact]
    public async Task in_a_versioned_bucket_the_live_object_becomes_noncurrent_and_the_oldest_generations_go()
    {
        await _data.SetAsync(settings => settings, versioning: true);
        for (var i = 0; i < 4; i++)
        {
            await _data.PutAsync("a", $"{i}");
        }

        await RulesAsync(Delete(new LifecycleCondition { NumNewerVersions = 2 }));
        (await SweepAsync()).Deleted.ShouldBe(2);
        (await _data.ListAsync(versions: true)).Count.ShouldBe(2);
        (await _data.ReadAsync("a")).ShouldBe("3");

        await RulesAsync(Delete(new LifecycleCondition { IsLive = true }));
        (await SweepAsync()).Deleted.ShouldBe(1);
        (await NamesAsync()).ShouldBeEmpty();
        (await _data.ListAsync(versions: true)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task the_coldest_of_several_classes_wins_and_an_object_never_becomes_warmer()
    {
        await RulesAsync(Move("COLDLINE", 1), Move("NEARLINE", 1), Move("STANDARD", 1));
        var standard = await _data.PutAsync("standard", ObjectMetadata.Empty);
        await _data.PutAsync("archive", new ObjectMetadata { StorageClass = "ARCHIVE" });
        await _data.PutAsync("regional", new ObjectMetadata { StorageClass = "REGIONAL" });
        engine.Clock.Advance(TimeSpan.FromDays(1));

        (await SweepAsync()).ShouldBe(new SweepCount(0, 2, 0));

        var items = (await _data.ListAsync()).ToDictionary(static item => item.Name);
        items["standard"].Metadata.StorageClass.ShouldBe("COLDLINE");
        items["standard"].Generation.ShouldBe(standard.Generation);
        items["standard"].Metadata.ClassChanged.ShouldBe(engine.Clock.NowMicros());
        items["regional"].Metadata.StorageClass.ShouldBe("COLDLINE");
        items["archive"].Metadata.StorageClass.ShouldBe("ARCHIVE");
        (await SweepAsync()).ShouldBe(default);

        await RulesAsync(Move("ARCHIVE", 1), Delete(new LifecycleCondition { Age = 1 }));
        (await SweepAsync()).ShouldBe(new SweepCount(3, 0, 0));
    }

    [Fact]
    public async Task what_a_hold_or_a_retention_keeps_stays_and_the_rest_goes()
    {
        await _data.SetAsync(settings =>
            settings with
            {
                Lifecycle = [Delete(new LifecycleCondition { Age = 1 })],
                ObjectRetention = true,
            }
        );
        await _data.PutAsync("held", new ObjectMetadata { TemporaryHold = true });
        await _data.PutAsync(
            "retained",
            new ObjectMetadata { Retention = new ObjectRetention(Timestamps.ToMicros(engine.Clock.GetUtcNow() + TimeSpan.FromDays(5))) }
        );
        await _data.PutAsync("free", ObjectMetadata.Empty);
        engine.Clock.Advance(TimeSpan.FromDays(2));

        (await SweepAsync()).ShouldBe(new SweepCount(1, 0, 0));
        (await NamesAsync()).ShouldBe(["held", "retained"]);

        engine.Clock.Advance(TimeSpan.FromDays(4));
        (await SweepAsync()).ShouldBe(new SweepCount(1, 0, 0));
        (await NamesAsync()).ShouldBe(["held"]);
    }

    [Fact]
    public async Task uploads_that_were_never_finished_end_with_their_parts()
    {
        var uploads = _data.Get<ResumableUploads>();
        await RulesAsync(
            new LifecycleRule(
                new LifecycleAction(LifecycleAction.AbortUpload),
                new LifecycleCondition { Age = 1, MatchesPrefix = ["big/"] }
            )
        );
        var request = new UploadRequest(ObjectMetadata.Empty, Preconditions.None, ExpectedHashes.None);
        var due = await uploads.BeginAsync(DataFixture.Bucket, "big/a", request, default);
        await uploads.ReceiveAsync(
            due,
            new UploadRange(0, 3, null, IsLast: false),
            new MemoryStream("part"u8.ToArray()),
            ExpectedHashes.None,
            default
        );
        var other = await uploads.BeginAsync(DataFixture.Bucket, "small/a", request, default);
        Blobs().ShouldBe(1);
        engine.Clock.Advance(TimeSpan.FromDays(1));

        (await SweepAsync()).ShouldBe(new SweepCount(0, 0, 1));

        Blobs().ShouldBe(0);
        (await uploads.GetAsync(other, default)).State.ShouldBe(UploadState.Active);
        (
            await Should.ThrowAsync<Kernel.Errors.StatusException>(() =>
                uploads.ReceiveAsync(due, UploadRange.Whole, Stream.Null, ExpectedHashes.None, default)
            )
        ).Code.ShouldBe(Code.Cancelled);
    }

    [Fact]
    public async Task sweeps_at_the_same_time_do_everything_once()
    {
        const int count = 230;
        await RulesAsync(Delete(new LifecycleCondition { Age = 1 }));
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => _data.PutAsync($"{i}", ObjectMetadata.Empty)));
        engine.Clock.Advance(TimeSpan.FromDays(1));

        var counts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(SweepAsync)));

        counts.Sum(static one => one.Deleted).ShouldBe(count);
        (await NamesAsync()).ShouldBeEmpty();
        Blobs().ShouldBe(0);
    }

    private static LifecycleRule Delete(LifecycleCondition condition) => new(new LifecycleAction(LifecycleAction.Delete), condition);

    private static LifecycleRule Move(string storageClass, int age) =>
        new(new LifecycleAction(LifecycleAction.SetStorageClass, storageClass), new LifecycleCondition { Age = age });

    private Task RulesAsync(params LifecycleRule[] rules) => _data.SetAsync(settings => settings with { Lifecycle = rules });

    private Task<SweepCount> SweepAsync() => _data.Get<LifecycleSweep>().SweepAsync(default);

    private async Task<IEnumerable<string>> NamesAsync() => (await _data.ListAsync()).Select(static item => item.Name);

    private int Blobs() =>
        Directory
            .EnumerateFiles(
                Path.GetDirectoryName(Path.GetDirectoryName(_data.Blobs.LocalPath(new string('0', 32))))!,
                "*",
                SearchOption.AllDirectories
            )
            .Count();
}

public sealed class LifecycleOnSqlite(SqliteEngine engine) : LifecycleConformance(engine), IClassFixture<SqliteEngine>;

[Collection(PostgresData.Name)]
public sealed class LifecycleOnPostgreSql(PostgresEngine engine) : LifecycleConformance(engine);
