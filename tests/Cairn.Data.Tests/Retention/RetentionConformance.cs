using System.Text.Json.Nodes;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Data.Tests.Engines;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Retention;

/// <summary>What retention and holds keep, on every engine.</summary>
public abstract class RetentionConformance(DataEngine engine) : IAsyncLifetime
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
    public async Task an_object_under_the_buckets_policy_is_neither_deleted_nor_replaced_by_any_way()
    {
        await PatchAsync("""{"retentionPolicy":{"retentionPeriod":"3600"}}""");
        var kept = await _data.PutAsync("kept", ObjectMetadata.Empty);
        kept.RetainedUntil.ShouldBe(kept.Created + 3_600_000_000);
        engine.Clock.Advance(TimeSpan.FromMinutes(50));
        await _data.PutAsync("other", ObjectMetadata.Empty);
        var copier = _data.Get<ObjectCopier>();
        var other = new ObjectSource(DataFixture.Bucket, "other", null, Preconditions.None);

        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("kept"));
        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("kept", kept.Generation));
        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.PutAsync("kept", "new"));
        await RefusedAsync(
            DataErrors.RetentionNotMet,
            () => copier.CopyAsync(other, DataFixture.Bucket, "kept", null, Preconditions.None, default)
        );
        await RefusedAsync(
            DataErrors.RetentionNotMet,
            () => copier.ComposeAsync(DataFixture.Bucket, "kept", [other], ObjectMetadata.Empty, Preconditions.None, default)
        );
        await RefusedAsync(DataErrors.RetentionNotMet, () => copier.MoveAsync(other, "moved", Preconditions.None, default));
        await RefusedAsync(
            DataErrors.Conflict,
            async () => await _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default)
        );
        (await _data.ListAsync()).Select(static item => item.Name).ShouldBe(["kept", "other"]);

        engine.Clock.Advance(TimeSpan.FromMinutes(10));
        await _data.PutAsync("kept", "new");
        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("other"));
    }

    [Fact]
    public async Task in_a_versioned_bucket_a_generation_may_become_noncurrent_and_is_kept_there()
    {
        await PatchAsync("""{"versioning":{"enabled":true},"retentionPolicy":{"retentionPeriod":3600}}""");
        var first = await _data.PutAsync("a", ObjectMetadata.Empty);
        await _data.PutAsync("a", ObjectMetadata.Empty);

        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("a", first.Generation));
        engine.Clock.Advance(TimeSpan.FromHours(1));
        await _data.DeleteAsync("a", first.Generation);
    }

    [Fact]
    public async Task new_objects_get_the_default_hold_and_its_release_starts_the_retention_period()
    {
        await PatchAsync("""{"defaultEventBasedHold":true,"retentionPolicy":{"retentionPeriod":"3600"}}""");
        var item = await _data.PutAsync("a", ObjectMetadata.Empty);
        item.Metadata.EventBasedHold.ShouldBeTrue();
        item.RetainedUntil.ShouldBeNull();
        engine.Clock.Advance(TimeSpan.FromDays(1));
        await RefusedAsync(DataErrors.UnderActiveHold, () => _data.DeleteAsync("a"));

        var released = await ChangeAsync("a", """{"eventBasedHold":false}""");
        released.RetainedUntil.ShouldBe(engine.Clock.NowMicros() + 3_600_000_000);
        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("a"));
        engine.Clock.Advance(TimeSpan.FromHours(1));
        await _data.DeleteAsync("a");
    }

    [Fact]
    public async Task a_locked_policy_becomes_longer_and_nothing_else()
    {
        var bucket = await PatchAsync("""{"retentionPolicy":{"retentionPeriod":"3600"}}""");
        var since = bucket.Settings.Retention!.Effective;
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await _data.SetAsync(settings => settings with { Retention = settings.Retention! with { Locked = true } });

        await RefusedAsync(DataErrors.Forbidden, () => PatchAsync("""{"retentionPolicy":null}"""));
        await RefusedAsync(DataErrors.Forbidden, () => PatchAsync("""{"retentionPolicy":{"retentionPeriod":"3599"}}"""));
        (
            await Should.ThrowAsync<StatusException>(() =>
                PatchAsync("""{"retentionPolicy":{"retentionPeriod":"3600","isLocked":false}}""")
            )
        ).Message.ShouldContain("isLocked");
        (await PatchAsync("""{"retentionPolicy":{"retentionPeriod":"3600","isLocked":true}}""")).Settings.Retention.ShouldBe(
            new RetentionPolicy(3600, since, Locked: true)
        );
        (await PatchAsync("""{"retentionPolicy":{"retentionPeriod":"7200"}}""")).Settings.Retention.ShouldBe(
            new RetentionPolicy(7200, engine.Clock.NowMicros(), Locked: true)
        );
    }

    [Fact]
    public async Task a_retention_of_an_object_is_shortened_when_asked_twice_and_never_once_it_is_locked()
    {
        (await Should.ThrowAsync<StatusException>(() => _data.PutAsync("a", Retained("2031-03-02T00:00:00Z")))).Message.ShouldContain(
            "objectRetention.mode"
        );
        await PatchAsync("""{"objectRetention":{"mode":"Enabled"}}""");
        var item = await _data.PutAsync("a", Retained("2031-03-02T00:00:00Z"));
        Timestamps.ToRfc3339(item.RetainedUntil!.Value).ShouldBe("2031-03-02T00:00:00.000Z");
        await RefusedAsync(DataErrors.RetentionNotMet, () => _data.DeleteAsync("a"));

        const string shorter = """{"retention":{"mode":"Unlocked","retainUntilTime":"2031-03-01T18:00:00Z"}}""";
        await RefusedAsync(DataErrors.RetentionNotMet, () => ChangeAsync("a", shorter));
        await ChangeAsync("a", shorter, overriding: true);
        await ChangeAsync("a", """{"contentType":"text/plain"}""");
        await ChangeAsync("a", """{"retention":{"mode":"Locked","retainUntilTime":"2031-03-03T00:00:00Z"}}""");
        await RefusedAsync(DataErrors.RetentionNotMet, () => ChangeAsync("a", """{"retention":null}""", overriding: true));
        await RefusedAsync(
            DataErrors.RetentionNotMet,
            () => ChangeAsync("a", """{"retention":{"mode":"Unlocked","retainUntilTime":"2031-03-03T00:00:00Z"}}""", overriding: true)
        );
        (await Should.ThrowAsync<StatusException>(() => ChangeAsync("a", """{"eventBasedHold":true}"""))).Message.ShouldContain(
            "eventBasedHold"
        );
        (await Should.ThrowAsync<StatusException>(() => PatchAsync("""{"objectRetention":{"mode":"Disabled"}}"""))).Message.ShouldContain(
            "objectRetention.mode"
        );

        engine.Clock.AdjustTime(new DateTimeOffset(2031, 3, 3, 0, 0, 0, TimeSpan.Zero));
        await _data.DeleteAsync("a");
    }

    private static async Task RefusedAsync(string reason, Func<Task> call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        DataErrors.ReasonOf(error).ShouldBe(reason, error.Message);
    }

    private static ObjectMetadata Retained(string until) =>
        ObjectMetadataJson.Read(Json($$$"""{"retention":{"mode":"Unlocked","retainUntilTime":"{{{until}}}"}}"""));

    private Task<Data.Buckets.Bucket> PatchAsync(string body) =>
        _data.Buckets.UpdateAsync(
            DataFixture.Bucket,
            Preconditions.None,
            bucket => BucketJson.Patch(Json(body), bucket, engine.Clock.NowMicros()),
            default
        );

    private Task<ObjectRecord> ChangeAsync(string name, string body, bool overriding = false) =>
        _data.Store.UpdateAsync(
            DataFixture.Bucket,
            name,
            null,
            Preconditions.None,
            current => ObjectMetadataJson.Patch(Json(body), current),
            default,
            overriding
        );

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

public sealed class RetentionOnSqlite(SqliteEngine engine) : RetentionConformance(engine), IClassFixture<SqliteEngine>;

[Collection(PostgresData.Name)]
public sealed class RetentionOnPostgreSql(PostgresEngine engine) : RetentionConformance(engine);
