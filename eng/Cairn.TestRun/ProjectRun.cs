using System.Diagnostics;

namespace Cairn.TestRun;

/// <summary>One test project's run: what it reported, and what is wrong with the run itself, if anything.</summary>
internal sealed record ProjectRun(TestProject Project, IReadOnlyList<TestOutcome> Outcomes, string? Fault, TimeSpan Elapsed)
{
    public static async Task<ProjectRun> StartAsync(TestProject project, Options options, CancellationToken cancellation)
    {
        var log = Path.Combine(options.Results, project.Name + ".log");
        var trx = Path.Combine(options.Results, project.Name + ".trx");
        var clock = Stopwatch.StartNew();
        if (!File.Exists(project.Program))
        {
            return new ProjectRun(project, [], $"'{project.Program}' was not built", clock.Elapsed);
        }

        var start = new ProcessStartInfo(project.Program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["-noLogo", "-noColor", "-trx", Path.GetFullPath(trx), .. options.TestArguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        string? fault = null;
        int? exit = null;
        await using (var output = new StreamWriter(log) { AutoFlush = true })
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{project.Program}' did not start.");
            process.StandardInput.Close();
            var gate = new Lock();
            var pumps = Task.WhenAll(PumpAsync(process.StandardOutput, output, gate), PumpAsync(process.StandardError, output, gate));
            try
            {
                await process.WaitForExitAsync(limit.Token);
                exit = process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                fault = cancellation.IsCancellationRequested ? "was interrupted" : $"did not end within {options.Timeout.TotalMinutes:0} minutes and was ended";
            }

            // A server that a test left behind may hold the pipe open; what it would still print is not waited for.
            await Task.WhenAny(pumps, Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None));
            lock (gate)
            {
                output.Flush();
            }
        }

        var outcomes = File.Exists(trx) ? TrxFile.Read(trx) : [];
        fault ??= outcomes.Count == 0 && options.TestArguments.Count == 0 ? $"left no results (exit code {exit}); see {log}" : null;
        fault ??= exit != 0 && outcomes.All(o => o.Outcome != "Failed") ? $"exited with {exit} though no test failed; see {log}" : null;
        return new ProjectRun(project, outcomes, fault, clock.Elapsed);
    }

    private static async Task PumpAsync(StreamReader from, StreamWriter to, Lock gate)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (gate)
            {
                try
                {
                    to.WriteLine(line);
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
