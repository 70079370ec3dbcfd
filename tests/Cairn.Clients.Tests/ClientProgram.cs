using System.Diagnostics;

namespace Cairn.Clients.Tests;

/// <summary>An official client's program, run with a list of arguments and an environment of its own.</summary>
public sealed class ClientProgram(string name, IReadOnlyDictionary<string, string> environment, string directory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Whether the program is installed.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs it; it has to succeed. Returns what it wrote to its output, without the last line's end.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        code.ShouldBe(0, $"{name} {string.Join(' ', arguments)}\n{output}\n{errors}");
        return output.TrimEnd('\n');
    }

    /// <summary>Runs it; it has to fail. Returns what it wrote to its errors.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        code.ShouldNotBe(0, $"{name} {string.Join(' ', arguments)}\n{output}");
        return errors;
    }

    /// <summary>Starts it and lets it run, to look at what it writes meanwhile.</summary>
    public ClientRun Start(params string[] arguments) => new(Launch(arguments));

    private Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private async Task<(int Code, string Output, string Errors)> TryAsync(string[] arguments)
    {
        using var process = Launch(arguments);
        using var deadline = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} {string.Join(' ', arguments)} took longer than {Limit}.", late);
        }
    }
}
