using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tune;

/// <summary>One trial's command as a local process.</summary>
internal static class TrialRun
{
    private const int KeptLines = 10_000;

    /// <summary>Of the output, so many lines are looked at while it runs.</summary>
    private const int WatchedLines = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The metric that it reported, or why there is none.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="trial">The trial's number.</param>
    /// <param name="reported">Called with what it reports while it runs.</param>
    /// <param name="cancellation">Kills it.</param>
    public static async Task<(double? Value, string Problem)> RunAsync(
        string[] command,
        string metric,
        string trial,
        Action<double> reported,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateTempSubdirectory("cairn-tune-");
        try
        {
            var file = Path.Combine(folder.FullName, "output.metrics");
            var start = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["CLOUD_ML_HP_METRIC_FILE"] = file;
            start.Environment["CLOUD_ML_TRIAL_ID"] = trial;
            var (output, errors) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
            var running = RunAsync(start, output, errors, cancellation);
            while (await Task.WhenAny(running, Task.Delay(Interval, CancellationToken.None)) != running)
            {
                if (ReportedMetrics.Latest(metric, file, output.TakeLast(WatchedLines)) is { } latest)
                {
                    reported(latest);
                }
            }

            var code = await running;
            return code != 0 ? (null, $"It ended with {code}. {string.Join(" | ", errors.TakeLast(3))}")
                : ReportedMetrics.Find(metric, file, output) is { } value ? (value, "")
                : (null, $"It reported no {metric}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(
        ProcessStartInfo start,
        ConcurrentQueue<string> output,
        ConcurrentQueue<string> errors,
        CancellationToken cancellation
    )
    {
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new CliException($"'{start.FileName}' cannot be started: {e.Message}");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        while (lines.Count > KeptLines && lines.TryDequeue(out _)) { }
    }
}
