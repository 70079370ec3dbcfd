using System.ComponentModel;
using System.Diagnostics;
using Cairn.Kernel.Errors;

namespace Cairn.Serving.Containers;

/// <summary>The <c>podman</c> program. Arguments are lists: nothing passes through a shell.</summary>
public sealed class Podman
{
    private const string Program = "podman";

    /// <summary>Runs a short command.</summary>
    /// <returns>The exit code and what it printed.</returns>
    /// <exception cref="StatusException">FAILED_PRECONDITION where podman is not installed.</exception>
    public async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var process = Start(Command(arguments));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static ProcessStartInfo Command(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo { FileName = Program, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static Process Start(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command)!;
        }
        catch (Win32Exception)
        {
            throw StatusException.FailedPrecondition($"Custom containers need '{Program}', which is not installed on this server: install it, or map the image in {Cairn.Models.Runtimes.PredictionImages.FileName} to a local runtime.");
        }
    }
}
