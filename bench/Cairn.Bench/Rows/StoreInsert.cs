using System.Diagnostics;
using Cairn.Bench.Peers;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Store;

namespace Cairn.Bench.Rows;

/// <summary>
/// Durable inserts from 32 writers, each of which waits for its commit, beside prepared INSERTs of rows that are ready, 100 to a
/// transaction, by one thread that waits for nothing else. 100,000 of each in all.
/// </summary>
internal sealed class StoreInsert : IBenchmark
{
    private const int Writers = 32;
    private const int PerRound = 20_000;

    public string Name => "store.insert";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-");
        try
        {
            var random = new Random(1);
            await using var database = new SqliteDatabase(Path.Combine(folder.FullName, "ours.db"));
            await Migrations.ApplyAsync(database, [ResourceSchema.Migrations], cancellation);
            var store = new ResourceStore(database, TimeProvider.System);
            await using (var peerSchema = new SqliteDatabase(Path.Combine(folder.FullName, "peer.db")))
            {
                await Migrations.ApplyAsync(peerSchema, [ResourceSchema.Migrations], cancellation);
            }

            using var raw = new RawSqlite(Path.Combine(folder.FullName, "peer.db"));
            var (ours, peer, ratio) = await Rounds.CompareAsync(() => OursAsync(store, random), () => Task.FromResult(Peer(raw, random)));
            return
            [
                new BenchmarkResult(
                    Name,
                    Rounds.Number(ours, "/s"),
                    $"raw SQLite, 100 a commit {Rounds.Number(peer, "/s")}",
                    ratio,
                    ">= 0.5",
                    ratio >= 0.5
                ),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> OursAsync(ResourceStore store, Random random)
    {
        var jobs = Enumerable.Range(0, PerRound).Select(i => SampleJobs.Make(i, random)).ToArray();
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        int index;
                        while ((index = Interlocked.Increment(ref next)) < jobs.Length)
                        {
                            var job = jobs[index];
                            await store.WriteAsync(session => store.Insert(session, SampleJobs.Kind, job));
                        }
                    })
                )
        );
        return PerRound / clock.Elapsed.TotalSeconds;
    }

    private static double Peer(RawSqlite raw, Random random)
    {
        var rows = Enumerable.Range(0, PerRound).Select(i => SampleJobs.Row(SampleJobs.Make(i, random), i)).ToArray();
        var clock = Stopwatch.StartNew();
        raw.Insert(rows, 100);
        return PerRound / clock.Elapsed.TotalSeconds;
    }
}
