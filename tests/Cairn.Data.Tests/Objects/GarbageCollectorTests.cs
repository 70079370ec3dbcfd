using Cairn.Data.Objects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Data.Tests.Objects;

public sealed class GarbageCollectorTests
{
    [Fact]
    public async Task blobs_without_a_row_go_once_they_are_old_and_no_others()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var data = await DataFixture.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var kept = await data.PutAsync("a", "kept");
        string orphan;
        await using (var writer = await data.Blobs.CreateAsync())
        {
            await writer.WriteAsync("lost in a crash"u8.ToArray());
            await writer.CommitAsync();
            orphan = writer.Id;
        }

        (await data.Get<GarbageCollector>().CollectAsync(default)).ShouldBe(0);
        clock.Advance(GarbageCollector.MinimumAge + TimeSpan.FromMinutes(1));
        (await data.Get<GarbageCollector>().CollectAsync(default)).ShouldBe(1);

        File.Exists(data.Blobs.LocalPath(orphan)).ShouldBeFalse();
        File.Exists(data.Blobs.LocalPath(kept.BlobId)).ShouldBeTrue();
    }
}
