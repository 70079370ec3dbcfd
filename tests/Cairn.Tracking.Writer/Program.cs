using System.Globalization;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Writer;
using Microsoft.Extensions.DependencyInjection;

// Logs to a run and moves its metrics to column files at the same time, until it is killed. `ready` is said when it begins, and each call
// that was acknowledged as its first step, so that a test knows what must be there afterwards.
var (folder, uuid, firstStep) = (args[0], args[1], long.Parse(args[2], CultureInfo.InvariantCulture));
const int Clients = 20;
const int PerCall = 5;

var services = new ServiceCollection();
services.AddLogging();
services.AddSingleton<TimeProvider, LaterTime>();
services.AddSingleton<IIdSource, RandomIdSource>();
services.AddSingleton<IDatabase>(new SqliteDatabase(Path.Combine(folder, "cairn.db")));
services.AddSingleton<IBlobStore>(provider => new DiskBlobStore(
    Path.Combine(folder, "blobs"),
    provider.GetRequiredService<IIdSource>(),
    TimeProvider.System
));
services.AddRuns().AddColdMetrics();
await using var provider = services.BuildServiceProvider();
var log = provider.GetRequiredService<MetricLog>();
var compactor = provider.GetRequiredService<MetricCompactor>();
var key = await provider.GetRequiredService<MetricKeys>().InternAsync("loss");
var next = firstStep - PerCall;
var output = Console.Out;
output.WriteLine("ready");
await Task.WhenAll([CompactAsync(), .. Enumerable.Range(0, Clients).Select(_ => LogAsync())]);

async Task LogAsync()
{
    while (true)
    {
        var step = Interlocked.Add(ref next, PerCall);
        var points = Enumerable
            .Range(0, PerCall)
            .Select(i => new LoggedPoint(key, new MetricPoint(step + i, 1_000 * (step + i), Math.Sqrt(step + i))))
            .ToArray();
        await log.AppendAsync(uuid, points);
        // Each second call is repeated, as by a client that lost the answer.
        if (step % 2 == 0)
        {
            await log.AppendAsync(uuid, points);
        }

        lock (output)
        {
            output.WriteLine(step.ToString(CultureInfo.InvariantCulture));
            output.Flush();
        }
    }
}

async Task CompactAsync()
{
    while (true)
    {
        await compactor.CompactAsync();
        await Task.Yield();
    }
}
