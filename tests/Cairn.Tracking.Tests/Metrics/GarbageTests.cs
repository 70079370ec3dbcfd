using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tests.Tensorboards;
using Cairn.Tracking.Writer;

namespace Cairn.Tracking.Tests.Metrics;

/// <summary>Column files lie among the objects' blobs, where garbage is collected.</summary>
public sealed class GarbageTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task garbage_collection_keeps_column_files_until_their_run_is_removed()
    {
        await using var host = await TensorboardHost.StartAsync(fixture);
        var database = host.Get<IDatabase>();
        var runs = host.Get<RunStore>();
        var run = await database.WriteAsync(session =>
            runs.Create(
                session,
                new NewRun(host.Get<ExperimentStore>().Create(session, new NewExperiment("demo", "us-central1") { Name = "e" }).Id)
                {
                    Status = RunStatus.Finished,
                }
            )
        );
        var key = await host.Get<MetricKeys>().InternAsync("loss");
        for (var step = 0; step < MetricCompactor.EndedBlocks; step++)
        {
            await host.Get<MetricLog>().AppendAsync(run.Uuid, new[] { new LoggedPoint(key, new MetricPoint(step, step, step)) });
        }

        (await new MetricCompactor(database, host.Get<IBlobStore>(), host.Get<MetricFold>(), new LaterTime()).CompactAsync()).ShouldBe(1);
        var blobs = host.Get<IBlobStore>();
        await foreach (var (id, _) in blobs.ListAsync())
        {
            File.SetLastWriteTimeUtc(blobs.LocalPath(id)!, DateTime.UtcNow - (2 * GarbageCollector.MinimumAge));
        }

        (await host.Get<GarbageCollector>().CollectAsync(default)).ShouldBe(0);
        (await host.Get<MetricReader>().HistoryAsync(run, key)).Count.ShouldBe(MetricCompactor.EndedBlocks);
        await database.WriteAsync(session =>
        {
            runs.Remove(session, run);
            return true;
        });
        (await host.Get<GarbageCollector>().CollectAsync(default)).ShouldBe(1);
    }
}
