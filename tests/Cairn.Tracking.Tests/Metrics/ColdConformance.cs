using Cairn.Kernel.Blobs;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tests.Runs;
using Cairn.Tracking.Writer;

namespace Cairn.Tracking.Tests.Metrics;

/// <summary>What the move of metrics to column files promises, on every engine.</summary>
public abstract class ColdConformance(DatabaseFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunsHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task histories_read_the_same_from_blocks_from_files_and_from_both()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var run = await Ended("r");
        var keys = (await _host.Get<MetricKeys>().InternAsync(["a", "b", "c"])).Values.ToArray();
        var logged = new HashSet<LoggedPoint>();
        for (var pass = 0; pass < 3; pass++)
        {
            for (var call = 0; call < MetricCompactor.EndedBlocks; call++)
            {
                var points = Enumerable
                    .Range(0, random.Next(1, 20))
                    .Select(_ => new LoggedPoint(
                        keys[random.Next(keys.Length)],
                        new MetricPoint(
                            random.Next(-5, 40),
                            random.Next(3),
                            random.Next(6) switch
                            {
                                0 => double.NaN,
                                1 => double.PositiveInfinity,
                                _ => random.Next(3),
                            }
                        )
                    ))
                    .ToArray();
                logged.UnionWith(points);
                await _host.Get<MetricLog>().AppendAsync(run.Uuid, points);
            }

            await HistoriesAreAsync(run, logged);
            (await Compact()).ShouldBe(1);
            (await Blocks()).ShouldBe(0);
            await HistoriesAreAsync(run, logged);
        }

        var latest = (await _host.Data(run)).Metrics;
        latest
            .Select(static metric => metric.Point)
            .ShouldBe(keys.Select(key => logged.Where(point => point.Key == key).Max(static point => point.Point)));
    }

    [Fact]
    public async Task few_blocks_and_those_of_a_run_that_goes_on_stay_where_they_are()
    {
        var few = await Ended("few");
        await Log(few, 0, MetricCompactor.EndedBlocks - 1);
        var live = await _host.Run(await _host.Experiment("live"), "live");
        await Log(live, 0, MetricCompactor.EndedBlocks + 1);
        (await Compact()).ShouldBe(0);
        var ended = await Ended("ended just now");
        await Log(ended, 0, MetricCompactor.EndedBlocks + 1);
        (await _host.Get<MetricCompactor>().CompactAsync()).ShouldBe(0);
        (await Blocks()).ShouldBe((3 * MetricCompactor.EndedBlocks) + 1);
    }

    [Fact]
    public async Task the_older_blocks_of_a_long_run_move_while_it_goes_on()
    {
        var run = await _host.Run(await _host.Experiment("e"), "r");
        await Parallel.ForEachAsync(Enumerable.Range(0, MetricCompactor.LiveBlocks), async (step, _) => await Log(run, step, 1));
        (await Compact()).ShouldBe(1);
        (await Blocks()).ShouldBe(MetricCompactor.KeptBlocks);
        (await _host.History(run, "loss"))
            .Select(static point => point.Step)
            .ShouldBe(Enumerable.Range(0, MetricCompactor.LiveBlocks).Select(static step => (long)step));
    }

    [Fact]
    public async Task files_of_a_run_are_merged_and_the_old_ones_deleted()
    {
        var run = await Ended("r");
        for (var pass = 0; pass < 9; pass++)
        {
            await Log(run, pass * MetricCompactor.EndedBlocks, MetricCompactor.EndedBlocks);
            await Compact();
        }

        var segments = await _host.Read(session => SegmentTable.OfRun(session, run.Id));
        segments.Select(static segment => segment.Level).Order().ShouldBe([0, 1]);
        (await Files()).Order().ShouldBe(segments.Select(static segment => segment.Blob).Order());
        (await _host.History(run, "loss"))
            .Select(static point => point.Step)
            .ShouldBe(Enumerable.Range(0, 9 * MetricCompactor.EndedBlocks).Select(static i => (long)i));
    }

    [Fact]
    public async Task small_runs_share_a_file_that_lasts_as_long_as_one_of_them()
    {
        Run[] runs = [await Ended("a"), await Ended("b")];
        foreach (var run in runs)
        {
            await Log(run, (int)run.Id * 1_000, MetricCompactor.EndedBlocks);
        }

        (await Compact()).ShouldBe(2);
        var file = (await Files()).ShouldHaveSingleItem();
        foreach (var run in runs)
        {
            (await _host.History(run, "loss"))
                .Select(static point => point.Step)
                .ShouldBe(Enumerable.Range(0, MetricCompactor.EndedBlocks).Select(i => (run.Id * 1_000) + i));
        }

        foreach (var run in runs)
        {
            (await _host.Read(session => _host.Get<IBlobOwner>().Refers(session, file))).ShouldBeTrue();
            await _host.Write(session =>
            {
                _host.Runs.Remove(session, run);
                return true;
            });
        }

        (await _host.Read(session => _host.Get<IBlobOwner>().Refers(session, file))).ShouldBeFalse();
    }

    [Fact]
    public async Task a_move_that_ends_between_the_file_and_its_row_changes_nothing()
    {
        var run = await Ended("r");
        await Log(run, 0, MetricCompactor.EndedBlocks);
        var dying = Compactor(new DyingBlobs(_host.Get<IBlobStore>()));
        await Should.ThrowAsync<IOException>(() => dying.CompactAsync());
        (await Files()).Count.ShouldBe(1);
        (await Blocks()).ShouldBe(MetricCompactor.EndedBlocks);
        (await _host.History(run, "loss")).Count.ShouldBe(MetricCompactor.EndedBlocks);
        (await Compact()).ShouldBe(1);
        (await _host.History(run, "loss")).Count.ShouldBe(MetricCompactor.EndedBlocks);
    }

    [Fact]
    public async Task two_servers_that_move_the_same_blocks_move_them_once()
    {
        var run = await Ended("r");
        await Log(run, 0, 40);
        var other = Compactor();
        var moved = await Task.WhenAll(Compact(), other.CompactAsync(), other.CompactAsync());
        moved.Sum().ShouldBe(1);
        (await _host.Read(session => SegmentTable.OfRun(session, run.Id))).Count.ShouldBe(1);
        (await _host.History(run, "loss")).Count.ShouldBe(40);
    }

    [Fact]
    public async Task a_damaged_file_is_said_to_be_damaged()
    {
        var run = await Ended("r");
        await Log(run, 0, MetricCompactor.EndedBlocks);
        await Compact();
        var path = _host.Get<IBlobStore>().LocalPath((await Files())[0])!;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = await File.ReadAllBytesAsync(path);
        for (var at = 0; at < bytes.Length; at += 7)
        {
            bytes[at] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            await Should.ThrowAsync<InvalidDataException>(() => _host.History(run, "loss"), $"byte {at}");
            bytes[at] ^= 1;
        }
    }

    [Fact]
    public async Task twenty_clients_one_run_readers_and_moves_at_once_lose_nothing_and_double_nothing()
    {
        const int Calls = 30;
        var run = await Ended("r");
        using var done = new CancellationTokenSource();
        var background = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await Compact();
                }
                catch (Kernel.Errors.StatusException error) when (error.Code == Google.Rpc.Code.Aborted)
                {
                    // Too busy: the next pass moves it.
                }

                var steps = (await _host.History(run, "loss")).Select(static point => point.Step).ToList();
                steps.ShouldBeUnique();
            }
        });
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (client, _) =>
            {
                for (var call = 0; call < Calls; call++)
                {
                    for (var attempt = 0; attempt < 2; attempt++)
                    {
                        await Log(run, (client * Calls) + call, 1);
                    }
                }
            }
        );
        await done.CancelAsync();
        await background;
        for (var i = 0; i < 2; i++)
        {
            (await _host.History(run, "loss"))
                .Select(static point => point.Step)
                .ShouldBe(Enumerable.Range(0, 20 * Calls).Select(static step => (long)step));
            await Compact();
        }

        (await _host.Data(run)).Metrics.ShouldHaveSingleItem().Point.Step.ShouldBe((20 * Calls) - 1);
    }

    private async Task<Run> Ended(string name)
    {
        var run = await _host.Run(await _host.Experiment(name), name);
        return await _host.Write(session => _host.Runs.Update(session, run, run with { Status = RunStatus.Finished, Ended = run.Started }));
    }

    private async Task Log(Run run, int from, int calls)
    {
        for (var step = from; step < from + calls; step++)
        {
            await _host.Log(run, "loss", (step, step / 3.0));
        }
    }

    private Task<int> Compact() => Compactor().CompactAsync();

    private MetricCompactor Compactor(IBlobStore? blobs = null) =>
        new(_host.Database, blobs ?? _host.Get<IBlobStore>(), _host.Get<MetricFold>(), new LaterTime());

    private Task<long> Blocks() =>
        _host.Read(static session => session.QueryFirst("SELECT COUNT(*) FROM metric_blocks", static row => row.GetInt64(0)));

    private async Task<List<string>> Files()
    {
        var files = new List<string>();
        await foreach (var (id, _) in _host.Get<IBlobStore>().ListAsync())
        {
            files.Add(id);
        }

        return files;
    }

    private async Task HistoriesAreAsync(Run run, HashSet<LoggedPoint> logged)
    {
        var reader = _host.Get<MetricReader>();
        var all = await reader.HistoriesAsync(run, null);
        all.Keys.Order().ShouldBe(logged.Select(static point => point.Key).Distinct().Order());
        foreach (var series in logged.GroupBy(static point => point.Key))
        {
            var expected = series.Select(static point => point.Point).Order().ToList();
            all[series.Key].ShouldBe(expected);
            (await reader.HistoryAsync(run, series.Key)).ShouldBe(expected);
        }
    }

    /// <summary>Finishes a file and goes down before anything else can happen.</summary>
    private sealed class DyingBlobs(IBlobStore inner) : IBlobStore
    {
        public async Task<IBlobWriter> CreateAsync(CancellationToken cancellation = default) =>
            new DyingWriter(await inner.CreateAsync(cancellation));

        public Task<Stream> OpenAsync(string id, long offset = 0, long? length = null, CancellationToken cancellation = default) =>
            inner.OpenAsync(id, offset, length, cancellation);

        public Task DeleteAsync(string id, CancellationToken cancellation = default) => inner.DeleteAsync(id, cancellation);

        public IAsyncEnumerable<(string Id, DateTimeOffset Modified)> ListAsync(CancellationToken cancellation = default) =>
            inner.ListAsync(cancellation);

        public string? LocalPath(string id) => inner.LocalPath(id);
    }

    private sealed class DyingWriter(IBlobWriter inner) : IBlobWriter
    {
        public string Id => inner.Id;

        public long Length => inner.Length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
            inner.WriteAsync(bytes, cancellation);

        public async Task CommitAsync(CancellationToken cancellation = default)
        {
            await inner.CommitAsync(cancellation);
            throw new IOException("The machine is off.");
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

public sealed class ColdOnSqlite(SqliteFixture fixture, ITestOutputHelper output)
    : ColdConformance(fixture, output),
        IClassFixture<SqliteFixture>;

public sealed class ColdOnPostgreSql(PostgresFixture fixture, ITestOutputHelper output)
    : ColdConformance(fixture, output),
        IClassFixture<PostgresFixture>;
