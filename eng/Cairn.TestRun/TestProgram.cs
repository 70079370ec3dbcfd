using System.Diagnostics;

namespace Cairn.TestRun;

/// <summary>Starts a project's test program, keeps what it prints, and ends it when its time is over.</summary>
internal static class TestProgram
{
    /// <summary>Runs the program to its end.</summary>
    /// <param name="name">What its result file and its log are called, without an ending.</param>
    /// <returns>The outcomes in its result file, its exit code where it ended by itself, and what went wrong with the run itself, if
    /// anything.</returns>
    public static async Task<(IReadOnlyList<TestOutcome> Outcomes, int? Exit, string? Fault)> RunAsync(
        TestProject project,
        string name,
        IEnumerable<string> arguments,
        Options options,
        CancellationToken cancellation
    )
    {
        var trx = Path.GetFullPath(Path.Combine(options.Results, name + ".trx"));
        var start = new ProcessStartInfo(project.Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])["-noLogo", "-noColor", "-trx", trx, "-maxThreads", options.Threads, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // Programs that live for seconds do not earn what profiles of them would cost, and nobody attaches a debugger.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        string? fault = null;
        int? exit = null;
        await using (var output = new StreamWriter(Path.Combine(options.Results, name + ".log")) { AutoFlush = true })
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
                fault = cancellation.IsCancellationRequested
                    ? "was interrupted"
                    : $"did not end within {options.Timeout.TotalMinutes:0} minutes and was ended";
            }

            // A server that a test left behind may hold the pipe open; what it would still print is not waited for.
            await Task.WhenAny(pumps, Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None));
            lock (gate)
            {
                output.Flush();
            }
        }

        return (File.Exists(trx) ? TrxFile.Read(trx) : [], exit, fault);
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
