using System.Diagnostics;
using System.Text;

namespace Cairn.Processes.Children;

/// <summary>Programs of the machine that the agent uses.</summary>
internal static class HostTools
{
    /// <summary>The environment of helper programs: nothing of the user's, who could change with it what they do.</summary>
    public static Dictionary<string, string> Environment { get; } =
        new()
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HOME"] = System.Environment.GetEnvironmentVariable("HOME") ?? "/",
        };

    /// <summary>The full path of a program, or null where the machine has none of that name.</summary>
    public static string? Find(string name) =>
        Environment["PATH"].Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        using var process = Process.Start(StartInfo(file, arguments, environment))!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>
    /// Runs a program to its end that asked the kernel to be killed with its parent. The kernel means the thread that started it, so this
    /// one lives as long.
    /// </summary>
    public static Task<ToolResult> RunTiedAsync(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation
    ) =>
        Task.Factory.StartNew(
            () =>
            {
                using var process = Process.Start(StartInfo(file, arguments, environment))!;
                process.StandardInput.Close();
                using var kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
                var error = new StringBuilder();
                process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
                process.BeginErrorReadLine();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                cancellation.ThrowIfCancellationRequested();
                return new ToolResult(process.ExitCode, output, error.ToString());
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static ProcessStartInfo StartInfo(string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}

internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>What the program said of its trouble, on one line.</summary>
    public string Complaint => Error.Trim().ReplaceLineEndings("; ") is { Length: > 0 } text ? text : $"exit code {ExitCode}";
}
