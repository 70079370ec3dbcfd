using System.Diagnostics;
using Cairn.Fuzz;
using Cairn.Fuzz.Hosting;

if (args is [ServerRole.Argument, var data, var mode])
{
    return await ServerRole.RunAsync(data, mode == "token");
}

if (FuzzOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine("usage: Cairn.Fuzz [--seed N] [--minutes 10] [--workers 8] [--case N | --case N-M]");
    return 2;
}

Console.WriteLine($"seed {options.Seed}");
var clock = Stopwatch.StartNew();
using var fuzzer = new Fuzzer(options, Console.Out);
await fuzzer.RunAsync();
Console.WriteLine(
    $"seed {options.Seed}: {fuzzer.Cases} cases in {clock.Elapsed.TotalSeconds:0} s, {fuzzer.Cases / clock.Elapsed.TotalSeconds:0} a second; {fuzzer.Findings.Count} findings"
);
foreach (var (key, count) in fuzzer.Findings.OrderByDescending(static finding => finding.Value))
{
    Console.WriteLine($"  {count} x {key}");
}

return fuzzer.Findings.Count == 0 ? 0 : 1;
