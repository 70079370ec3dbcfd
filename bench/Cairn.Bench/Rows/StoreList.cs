using System.Diagnostics;
using Cairn.Bench.Peers;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Bench.Rows;

/// <summary>A filtered, ordered page of 100 out of a million resources, beside the statement that a person would write for it, rows parsed alike.</summary>
internal sealed class StoreList : IBenchmark
{
    private const int Rows = 1_000_000;
    private const int Queries = 300;

    private const string Statement =
        "SELECT body FROM resources WHERE kind = 'CustomJob' AND parent = $1 AND state = 'JOB_STATE_RUNNING' AND display_name >= 'train-5' ORDER BY create_time DESC, name DESC LIMIT 101";

    public string Name => "store.list";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-");
        try
        {
            var path = Path.Combine(folder.FullName, "cairn.db");
            await using var database = new SqliteDatabase(path);
            await Migrations.ApplyAsync(database, [ResourceSchema.Migrations], cancellation);
            using var raw = new RawSqlite(path);
            var random = new Random(1);
            raw.Insert(Enumerable.Range(0, Rows).Select(i => SampleJobs.Row(SampleJobs.Make(i, random), i)), 20_000);
            var store = new ResourceStore(database, TimeProvider.System);
            var latencies = new List<double>();
            var (ours, peer, ratio) = await Rounds.CompareAsync(() => OursAsync(store, latencies), () => Task.FromResult(Peer(raw)));
            var p99 = Rounds.Percentile(latencies, 0.99);
            return [new BenchmarkResult(Name, $"{Rounds.Number(ours, "/s")}, p99 {Rounds.Number(p99, " ms")}", $"hand-written SQL {Rounds.Number(peer, "/s")}", ratio, ">= 0.7, p99 <= 50 ms", ratio >= 0.7 && p99 <= 50)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> OursAsync(ResourceStore store, List<double> latencies)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Queries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var page = await store.ListAsync<CustomJob>(SampleJobs.Kind, new ListQuery(SampleJobs.Parent, "state=JOB_STATE_RUNNING AND display_name>=\"train-5\"", "create_time desc", 100));
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (page.Items.Count != 100)
            {
                throw new InvalidOperationException($"The page has {page.Items.Count} items.");
            }
        }

        return Queries / clock.Elapsed.TotalSeconds;
    }

    private static double Peer(RawSqlite raw)
    {
        using var command = raw.Connection.CreateCommand();
        command.CommandText = Statement;
        command.Parameters.AddWithValue("$1", SampleJobs.Parent);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Queries; i++)
        {
            var jobs = new List<CustomJob>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                jobs.Add(CustomJob.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)));
            }
        }

        return Queries / clock.Elapsed.TotalSeconds;
    }
}
