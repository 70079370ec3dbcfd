using System.Diagnostics;
using Cairn.Fuzz.Cases;
using Cairn.Fuzz.Corpus;
using Cairn.Fuzz.Findings;
using Cairn.Fuzz.Hosting;
using Cairn.Fuzz.Mutation;
using Cairn.Fuzz.Targets;
using Cairn.Testing;

namespace Cairn.Fuzz;

/// <summary>
/// Runs cases in batches. A batch has a project of its own with one of everything; its clients send their cases at the same time. Every few
/// batches the server is started again on the same folder, in turn with and without authentication: what was stored must also be taken up
/// again.
/// </summary>
internal sealed class Fuzzer(FuzzOptions options, TextWriter output) : IDisposable
{
    /// <summary>Batches between two starts.</summary>
    private const int Stretch = 12;

    private readonly ScratchDirectory _scratch = new();
    private readonly FindingList _findings = new(options.Seed, output);
    private readonly Tally _tally = new();
    private FuzzedServer? _server;
    private MemoryWatch _memory = new();
    private long _cases;

    public long Cases => _cases;

    /// <summary>The calls that were answered with what they asked for.</summary>
    public int Accepted => _tally.Accepted;

    public IReadOnlyDictionary<string, int> Findings => _findings.Counts;

    public async Task RunAsync()
    {
        var contracts = await Contracts.ReadAsync();
        var clock = Stopwatch.StartNew();
        for (
            var batch = options.Cases.First / options.Batch;
            clock.Elapsed < options.Time && batch * options.Batch <= options.Cases.Last;
            batch++
        )
        {
            if (_server is null || batch % Stretch == 0)
            {
                await StopAsync();
                _server = await FuzzedServer.StartAsync(_scratch["data"], authentication: batch / Stretch % 2 == 1);
                _memory = new MemoryWatch();
            }

            if (!await RunAsync(_server, contracts, batch))
            {
                break;
            }
        }

        await StopAsync();
        _tally.Write(output);
    }

    public void Dispose() => _scratch.Dispose();

    private async Task<bool> RunAsync(FuzzedServer running, Contracts contracts, long batch)
    {
        var clock = Stopwatch.StartNew();
        using var first = new Target(new Uri(running.Place.Http), running.Place.Grpc);
        var names = await Project.MakeAsync(first, running.Place.Tokens.FirstOrDefault(), $"fuzz{batch}");
        var calls = new CorpusCalls(names, contracts);
        var made = clock.Elapsed;
        var (from, until) = (
            Math.Max(batch * options.Batch, options.Cases.First),
            Math.Min((batch + 1) * options.Batch - 1, options.Cases.Last)
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, options.Workers)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        using var target = new Target(new Uri(running.Place.Http), running.Place.Grpc);
                        for (var number = from + worker; number <= until && running.IsAlive; number += options.Workers)
                        {
                            try
                            {
                                await new FuzzCase(number, running, target, calls, names, _findings, _tally, options).RunAsync();
                            }
                            catch (Exception error)
                            {
                                _findings.Add(
                                    new Finding($"fuzzer {error.GetType().Name}", "the fuzzer itself failed", number, error.ToString())
                                );
                            }

                            Interlocked.Increment(ref _cases);
                        }
                    })
                )
        );
        await Project.UndeployAsync(first, running.Place.Tokens.FirstOrDefault(), names);
        foreach (var line in running.Log.TakeErrors())
        {
            _findings.Add(new Finding(LogLine.Key(line), "the log tells of an error that no answer did", null, line));
        }

        if (await running.MeasureAsync() is not { } use)
        {
            _findings.Add(new Finding("death", "the server is gone", null, running.Death));
            return false;
        }

        output.WriteLine(
            $"batch {batch}: {until - from + 1} cases in {clock.Elapsed.TotalSeconds:0.0} s after {made.TotalSeconds:0.0} s; {use}{(running.Place.Tokens.Length > 0 ? "; with tokens" : "")}"
        );
        if (_memory.Add(use) is { } growth)
        {
            _findings.Add(new Finding("memory", growth, null, ""));
        }

        return true;
    }

    private async Task StopAsync()
    {
        if (_server is null)
        {
            return;
        }

        if (_server.IsAlive && !await _server.StopAsync())
        {
            _findings.Add(new Finding("stop", "the server does not stop", null, string.Join('\n', _server.Log.Last)));
        }

        foreach (var line in _server.Log.TakeErrors())
        {
            _findings.Add(new Finding(LogLine.Key(line), "the log tells of an error while the server stops", null, line));
        }

        await _server.DisposeAsync();
        _server = null;
    }
}
