using System.Globalization;
using System.Text.Json;
using Cairn.Bench;
using Cairn.Bench.Peers;
using Cairn.Bench.Rows;

if (args is ["bare-host", var address])
{
    await BareHost.RunAsync(address);
    return 0;
}

IBenchmark[] all =
[
    new RpcGet(),
    new RestGet(),
    new RestTelemetry(),
    new StoreInsert(),
    new StoreList(),
    new ServePredict(),
    new ServeWorker(),
    new TrackLogBatch(),
    new TrackSearch(),
    new TrackCrowded(),
    new TbRead(),
    new TuneSuggest(),
    new TuneQuality(),
    new TuneService(),
    new JobOverhead(),
    new Start(),
];
var chosen = args.Length == 0 ? all : all.Where(benchmark => args.Contains(benchmark.Name)).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine(
        $"There is no benchmark {string.Join(", ", args)}. There are {string.Join(", ", all.Select(static benchmark => benchmark.Name))}."
    );
    return 2;
}

Console.WriteLine(
    $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"
);
Console.WriteLine($"{"name", -26} {"figure", -24} {"peer or limit", -34} {"ratio", 8}  hold");
var results = new List<BenchmarkResult>();
foreach (var benchmark in chosen)
{
    foreach (var result in await benchmark.RunAsync(CancellationToken.None))
    {
        Console.WriteLine(
            $"{result.Name, -26} {result.Figure, -24} {result.Peer, -34} {result.Ratio.ToString("0.###", CultureInfo.InvariantCulture), 8}  {result.Verdict}"
        );
        results.Add(result);
    }
}

Directory.CreateDirectory("bench");
await File.WriteAllTextAsync(
    Path.Combine("bench", "results.json"),
    JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true })
);
return 0;
