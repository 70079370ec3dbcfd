using System.ComponentModel;
using System.Diagnostics;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;

namespace Cairn.Serving.Containers;

/// <summary>The <c>podman</c> program. Arguments are lists: nothing passes through a shell.</summary>
public sealed class Podman(ServerEnvironment environment)
{
    private const string Program = "podman";
    private const string ConfigurationVariable = "CONTAINERS_CONF";

    // Podman's defaults expect systemd; without it, and without a configuration of the administrator's, this one works.
    private readonly Lazy<string?> _configuration = new(() =>
    {
        if (Environment.GetEnvironmentVariable(ConfigurationVariable) is not null || Directory.Exists("/run/systemd/system"))
        {
            return null;
        }

        var path = Path.Combine(environment.DataDirectory, "serving-containers.conf");
        File.WriteAllText(
            path,
            $"""
            [containers]
            default_ulimits = ["nofile=20000:20000","nproc=8192:8192"]
            cgroups = "enabled"
            [engine]
            runtime = "{(File.Exists("/usr/sbin/runc") || File.Exists("/usr/bin/runc") ? "runc" : "crun")}"
            cgroup_manager = "cgroupfs"
            events_logger = "file"

            """
        );
        return path;
    });

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
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public ProcessStartInfo Command(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            FileName = Program,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (_configuration.Value is { } path)
        {
            start.Environment[ConfigurationVariable] = path;
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
            throw StatusException.FailedPrecondition(
                $"Custom containers need '{Program}', which is not installed on this server: install it, or map the image in {Cairn.Models.Runtimes.PredictionImages.FileName} to a local runtime."
            );
        }
    }
}
