using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tune;

/// <summary>One trial's command as a local process.</summary>
internal static class TrialRun
{
    private const int KeptLines = 10_000;

    /// <summary>The metric that it reported, or why there is none.</summary>
    public static async Task<(double? Value, string Problem)> RunAsync(string[] command, string metric, string trial, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-tune-");
        try
        {
            var file = Path.Combine(folder.FullName, "output.metrics");
            var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["CLOUD_ML_HP_METRIC_FILE"] = file;
            start.Environment["CLOUD_ML_TRIAL_ID"] = trial;
            var (output, errors) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
            var code = await RunAsync(start, output, errors, cancellation);
            return code != 0
                ? (null, $"It ended with {code}. {string.Join(" | ", errors.TakeLast(3))}")
                : ReportedMetrics.Find(metric, file, output) is { } value ? (value, "") : (null, $"It reported no {metric}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(ProcessStartInfo start, ConcurrentQueue<string> output, ConcurrentQueue<string> errors, CancellationToken cancellation)
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
        while (lines.Count > KeptLines && lines.TryDequeue(out _))
        {
        }
    }
}
