using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.SoftDelete;
using Cairn.Data.Sweep;
using Cairn.Data.Tests.Engines;
using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Data.Tests.SoftDelete;

/// <summary>How deleted objects and buckets are kept, come back, and go, on every engine.</summary>
public abstract class SoftDeleteConformance(DataEngine engine) : IAsyncLifetime
{
    private DataFixture _data = null!;

    public async ValueTask InitializeAsync()
    {
        _data = await engine.StartAsync();
        await _data.SetAsync(settings => settings with { SoftDelete = new SoftDeletePolicy(SoftDeletePolicy.MinSeconds, 0) });
    }

    public async ValueTask DisposeAsync()
    {
        if (_data is not null)
        {
            await _data.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task deleted_and_replaced_objects_come_back_until_their_time_is_over()
    {
        var first = await _data.PutAsync("a", "one");
        engine.Clock.Advance(TimeSpan.FromDays(1));
        var second = await _data.PutAsync("a", "two");
        engine.Clock.Advance(TimeSpan.FromDays(1));
        await _data.DeleteAsync("a");

        (await _data.ListAsync(versions: true)).ShouldBeEmpty();
        (await _data.ListAsync(softDeleted: true, page: 1))
            .Select(static item => item.Generation)
            .ShouldBe([first.Generation, second.Generation]);
        var restored = await RestoreAsync("a", first.Generation);
        restored.Generation.ShouldBeGreaterThan(second.Generation);
        (await _data.ReadAsync("a")).ShouldBe("one");

        // The live object of the name is soft-deleted in its turn.
        await RestoreAsync("a", second.Generation);
        (await _data.ReadAsync("a")).ShouldBe("two");
        (await _data.ListAsync(softDeleted: true)).Count.ShouldBe(3);

        engine.Clock.Advance(TimeSpan.FromDays(6));
        (await SweepAsync()).ShouldBe(1);
        (await Should.ThrowAsync<StatusException>(() => RestoreAsync("a", first.Generation))).Code.ShouldBe(Code.NotFound);
        (await _data.ListAsync(softDeleted: true)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task a_blob_stays_as_long_as_a_soft_deleted_object_or_a_copy_refers_to_it()
    {
        var alone = await _data.PutAsync("alone", ObjectMetadata.Empty);
        var copied = await _data.PutAsync("copied", ObjectMetadata.Empty);
        await _data
            .Get<ObjectCopier>()
            .CopyAsync(
                new ObjectSource(DataFixture.Bucket, "copied", null, Preconditions.None),
                DataFixture.Bucket,
                "copy",
                null,
                Preconditions.None,
                default
            );
        await _data.DeleteAsync("alone");
        await _data.DeleteAsync("copied");
        engine.Clock.Advance(TimeSpan.FromDays(6));

        (await _data.Get<GarbageCollector>().CollectAsync(default)).ShouldBe(0);
        (await SweepAsync()).ShouldBe(0);
        _data.HasBlob(alone).ShouldBeTrue();

        engine.Clock.Advance(TimeSpan.FromDays(1));
        (await SweepAsync()).ShouldBe(2);
        _data.HasBlob(alone).ShouldBeFalse();
        _data.HasBlob(copied).ShouldBeTrue();
        (await _data.ReadAsync("copy")).ShouldBe("content");
    }

    [Fact]
    public async Task noncurrent_generations_are_soft_deleted_and_without_a_policy_nothing_is()
    {
        await _data.SetAsync(settings => settings, versioning: true);
        var first = await _data.PutAsync("a", "one");
        await _data.PutAsync("a", "two");
        (await _data.ListAsync(softDeleted: true)).ShouldBeEmpty();
        await _data.DeleteAsync("a", first.Generation);
        (await _data.ListAsync(softDeleted: true)).Count.ShouldBe(1);

        await _data.SetAsync(settings => settings with { SoftDelete = null }, versioning: false);
        await _data.DeleteAsync("a");
        (await _data.ListAsync(softDeleted: true)).Count.ShouldBe(1, "what was deleted before stays as long as was promised then");
    }

    [Fact]
    public async Task a_deleted_bucket_comes_back_with_its_soft_deleted_objects_and_shows_them_to_no_successor()
    {
        var item = await _data.PutAsync("secret", "of demo");
        await _data.DeleteAsync("secret");
        var old = await _data.Buckets.GetAsync(DataFixture.Bucket, default);
        await _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default);
        var buckets = _data.Get<DeletedBuckets>();

        // The clock stands still: the successor is told apart all the same.
        var successor = await _data.Buckets.CreateAsync(new Bucket { Name = DataFixture.Bucket, Project = "other" }, default);
        successor.Created.ShouldBeGreaterThan(old.Created);
        (await _data.ListAsync(softDeleted: true)).ShouldBeEmpty();
        (await Should.ThrowAsync<StatusException>(() => RestoreAsync("secret", item.Generation))).Code.ShouldBe(Code.NotFound);
        (await Should.ThrowAsync<StatusException>(() => buckets.RestoreAsync(old.Name, old.Created, default))).Code.ShouldBe(
            Code.AlreadyExists
        );
        (await buckets.ListAsync("other", "", ("", -1), 10, default)).ShouldBeEmpty();
        (await buckets.ListAsync("demo", "bucket", ("", -1), 10, default)).ShouldHaveSingleItem().Created.ShouldBe(old.Created);

        await _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default);
        (await buckets.RestoreAsync(old.Name, old.Created, default)).Project.ShouldBe("demo");
        await RestoreAsync("secret", item.Generation);
        (await _data.ReadAsync("secret")).ShouldBe("of demo");

        await _data.DeleteAsync("secret");
        await _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default);
        engine.Clock.Advance(TimeSpan.FromDays(7));
        (await SweepAsync()).ShouldBe(2);
        (await Should.ThrowAsync<StatusException>(() => buckets.RestoreAsync(old.Name, old.Created, default))).Code.ShouldBe(Code.NotFound);
    }

    private Task<ObjectRecord> RestoreAsync(string name, long generation) =>
        _data.Get<DeletedObjects>().RestoreAsync(DataFixture.Bucket, name, generation, Preconditions.None, default);

    private async Task<int> SweepAsync() => (await _data.Get<BucketSweep>().SweepAsync(default)).Purged;
}

public sealed class SoftDeleteOnSqlite(SqliteEngine engine) : SoftDeleteConformance(engine), IClassFixture<SqliteEngine>;

[Collection(PostgresData.Name)]
public sealed class SoftDeleteOnPostgreSql(PostgresEngine engine) : SoftDeleteConformance(engine);
