using System.Collections.Concurrent;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Objects;

public sealed class PreconditionTests : IAsyncLifetime
{
    private DataFixture _data = null!;

    public async ValueTask InitializeAsync() => _data = await DataFixture.StartAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task of_many_creations_at_once_one_wins()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => TryPutAsync("a", $"{i}", new Preconditions(GenerationMatch: 0)))
        );

        outcomes.Count(item => item is not null).ShouldBe(1);
        (await _data.Objects.FindAsync(new GsUri(DataFixture.Bucket, "a")))!.Generation.ShouldBe(
            outcomes.Single(item => item is not null)!.Generation
        );
        await OnlyReferencedBlobsAsync();
    }

    [Fact]
    public async Task a_counter_kept_by_generation_loses_no_increment()
    {
        await _data.PutAsync("counter", "0");
        var retries = 0;

        await Parallel.ForAsync(
            0,
            60,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, _) =>
            {
                while (true)
                {
                    var (item, stream) = await _data.Store.OpenLiveAsync(DataFixture.Bucket, "counter", default);
                    string text;
                    using (var reader = new StreamReader(stream))
                    {
                        text = await reader.ReadToEndAsync();
                    }

                    if (
                        await TryPutAsync("counter", $"{int.Parse(text) + 1}", new Preconditions(GenerationMatch: item.Generation))
                        is not null
                    )
                    {
                        return;
                    }

                    Interlocked.Increment(ref retries);
                }
            }
        );

        (await _data.ReadAsync("counter")).ShouldBe("60");
        await OnlyReferencedBlobsAsync();
    }

    [Fact]
    public async Task readers_see_the_old_or_the_new_object_never_a_mixture()
    {
        await _data.PutAsync("a", Filled(0));
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<byte, int>();
        var readers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        await using var stream = (await _data.Store.OpenLiveAsync(DataFixture.Bucket, "a", default)).Content;
                        using var copy = new MemoryStream();
                        await stream.CopyToAsync(copy);
                        var bytes = copy.ToArray();
                        bytes.Length.ShouldBe(100_000);
                        bytes.AsSpan().ContainsAnyExcept(bytes[0]).ShouldBeFalse();
                        seen.AddOrUpdate(bytes[0], 1, static (_, count) => count + 1);
                    }
                })
            )
            .ToList();

        for (byte i = 1; i < 40; i++)
        {
            await _data.PutAsync("a", Filled(i));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        seen.Count.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData(0L, null, null, null)]
    [InlineData(1L, null, null, null)]
    [InlineData(null, -1L, null, null)]
    [InlineData(null, null, 2L, null)]
    [InlineData(null, null, null, 1L)]
    public async Task a_condition_that_does_not_hold_refuses_every_kind_of_change(
        long? match,
        long? notMatch,
        long? metaMatch,
        long? metaNotMatch
    )
    {
        var item = await _data.PutAsync("a", "one");
        // -1 stands for the object's own generation.
        var conditions = new Preconditions(match, notMatch == -1 ? item.Generation : notMatch, metaMatch, metaNotMatch);
        var source = new ObjectSource(DataFixture.Bucket, "a", null, Preconditions.None);
        var copier = _data.Get<ObjectCopier>();

        Func<Task>[] changes =
        [
            () =>
                _data.Store.PutAsync(
                    DataFixture.Bucket,
                    "a",
                    new MemoryStream([1]),
                    ObjectMetadata.Empty,
                    ExpectedHashes.None,
                    conditions,
                    default
                ),
            () => _data.Store.UpdateAsync(DataFixture.Bucket, "a", null, conditions, metadata => metadata, default),
            () => _data.Store.DeleteAsync(DataFixture.Bucket, "a", null, conditions, default),
            () => copier.CopyAsync(source, DataFixture.Bucket, "a", null, conditions, default),
            () => copier.ComposeAsync(DataFixture.Bucket, "a", [source], ObjectMetadata.Empty, conditions, default),
        ];
        foreach (var change in changes)
        {
            DataErrors.ReasonOf(await Should.ThrowAsync<StatusException>(change)).ShouldBe(DataErrors.ConditionNotMet);
        }

        (await _data.Objects.FindAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBe(item);
    }

    private async Task<ObjectRecord?> TryPutAsync(string name, string text, Preconditions conditions)
    {
        try
        {
            var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            return await _data.Store.PutAsync(
                DataFixture.Bucket,
                name,
                content,
                ObjectMetadata.Empty,
                ExpectedHashes.None,
                conditions,
                default
            );
        }
        catch (StatusException error) when (DataErrors.ReasonOf(error) == DataErrors.ConditionNotMet)
        {
            return null;
        }
    }

    private async Task OnlyReferencedBlobsAsync()
    {
        var referenced = new HashSet<string>();
        await foreach (var item in _data.Objects.ListAsync(new GsUri(DataFixture.Bucket, "")))
        {
            referenced.Add(item.BlobId);
        }

        var stored = new HashSet<string>();
        await foreach (var (id, _) in _data.Blobs.ListAsync())
        {
            stored.Add(id);
        }

        stored.ShouldBe(referenced, ignoreOrder: true);
    }

    private static byte[] Filled(byte value)
    {
        var bytes = new byte[100_000];
        Array.Fill(bytes, value);
        return bytes;
    }
}
