using System.Text;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Data.Tests.Objects;

public sealed class VersioningTests : IAsyncLifetime
{
    private DataFixture _data = null!;

    public async ValueTask InitializeAsync()
    {
        _data = await DataFixture.StartAsync();
        await _data.Buckets.UpdateAsync(DataFixture.Bucket, Preconditions.None, bucket => bucket with { Versioning = true }, default);
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task replaced_and_deleted_generations_stay_readable_by_number()
    {
        var first = await _data.PutAsync("a", "one");
        var second = await _data.PutAsync("a", "two");
        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"));

        (await _data.Objects.FindAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBeNull();
        (await TextAsync(first.Generation)).ShouldBe("one");
        (await TextAsync(second.Generation)).ShouldBe("two");
        (await GenerationsAsync()).ShouldBe([first.Generation, second.Generation]);
    }

    [Fact]
    public async Task a_generation_deleted_by_number_is_gone_with_its_blob()
    {
        var first = await _data.PutAsync("a", "one");
        await _data.PutAsync("a", "two");

        await _data.Store.DeleteAsync(DataFixture.Bucket, "a", first.Generation, Preconditions.None, default);

        File.Exists(_data.Blobs.LocalPath(first.BlobId)).ShouldBeFalse();
        (await _data.ReadAsync("a")).ShouldBe("two");
    }

    [Fact]
    public async Task an_old_generation_is_restored_by_copying_it()
    {
        var first = await _data.PutAsync("a", "one");
        await _data.PutAsync("a", "two");

        var source = new ObjectSource(DataFixture.Bucket, "a", first.Generation, Preconditions.None);
        await _data.Get<ObjectCopier>().CopyAsync(source, DataFixture.Bucket, "a", null, Preconditions.None, default);

        (await _data.ReadAsync("a")).ShouldBe("one");
        (await GenerationsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task a_bucket_with_noncurrent_generations_is_not_empty()
    {
        await _data.PutAsync("a", "one");
        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"));

        var error = await Should.ThrowAsync<StatusException>(() =>
            _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default)
        );

        DataErrors.ReasonOf(error).ShouldBe(DataErrors.Conflict);
    }

    [Fact]
    public async Task generations_increase_though_the_clock_goes_back()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var other = await DataFixture.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var generations = new List<long> { (await other.PutAsync("a", "1")).Generation };

        clock.AdjustTime(clock.GetUtcNow().AddYears(-1));
        generations.Add((await other.PutAsync("a", "2")).Generation);
        await other.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"));
        clock.AdjustTime(clock.GetUtcNow().AddYears(-1));
        generations.Add((await other.PutAsync("a", "3")).Generation);

        generations.ShouldBeInOrder(SortDirection.Ascending);
        generations.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task an_object_under_hold_is_neither_deleted_nor_replaced()
    {
        await _data.Buckets.UpdateAsync(DataFixture.Bucket, Preconditions.None, bucket => bucket with { Versioning = false }, default);
        await _data.Store.PutAsync(
            DataFixture.Bucket,
            "held",
            new MemoryStream("x"u8.ToArray()),
            new ObjectMetadata { TemporaryHold = true },
            ExpectedHashes.None,
            Preconditions.None,
            default
        );

        var errors = new[]
        {
            await Should.ThrowAsync<StatusException>(() => _data.PutAsync("held", "y")),
            await Should.ThrowAsync<StatusException>(() => _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "held"))),
        };

        errors.ShouldAllBe(error => DataErrors.ReasonOf(error) == DataErrors.UnderActiveHold);
        (await _data.ReadAsync("held")).ShouldBe("x");
    }

    private async Task<string> TextAsync(long generation)
    {
        var item = await _data.Store.GetAsync(DataFixture.Bucket, "a", generation, Preconditions.None, default);
        await using var stream = await _data.Store.OpenAsync(item, 0, null, default);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private async Task<List<long>> GenerationsAsync()
    {
        var page = await _data.Get<ObjectLister>().ListAsync(new ObjectListQuery(DataFixture.Bucket) { Versions = true }, default);
        return [.. page.Items.Select(item => item.Generation)];
    }
}
