using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Python;

/// <summary>
/// The command line of a predictor worker: inside bubblewrap (no network, own process tree, read-only system, only the model's folder) where that is present and
/// permitted, else plainly. What unpickles a model runs nowhere else.
/// </summary>
public sealed partial class Sandbox(ILogger<Sandbox> logger)
{
    private const string Bubblewrap = "/usr/bin/bwrap";
    private const string ModelFolder = "/model";
    private const string CodeFolder = "/cairn";

    private static readonly string[] SystemFolders = ["/usr", "/opt"];
    private static readonly string[] SystemLinks = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
    private static readonly string[] SystemFiles = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/etc/R"];

    private readonly Lazy<Task<bool>> _permitted = new(() => ProbeAsync(logger));

    /// <summary>What starts the worker for a model.</summary>
    public async Task<ProcessStartInfo> CommandAsync(WorkerProgram program, string modelFolder)
    {
        var interpreter = program.Interpreter;
        var sandboxed = await _permitted.Value.ConfigureAwait(false);
        var start = new ProcessStartInfo
        {
            FileName = sandboxed ? Bubblewrap : interpreter,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        // One thread a worker: replicas, not threads, are how a deployed model grows.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        if (sandboxed)
        {
            Confine(start, interpreter);
            Bind(start, modelFolder, ModelFolder);
            Bind(start, program.CodeFolder, CodeFolder);
            Add(start, ["--", interpreter, .. program.Arguments(CodeFolder, ModelFolder)]);
        }
        else
        {
            Add(start, [.. program.Arguments(program.CodeFolder, modelFolder)]);
        }

        return start;
    }

    private static void Confine(ProcessStartInfo start, string? interpreter)
    {
        Add(start, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL");
        foreach (var folder in SystemFolders)
        {
            Add(start, "--ro-bind-try", folder, folder);
        }

        foreach (var link in SystemLinks)
        {
            if (new DirectoryInfo(link) is { LinkTarget: { } target })
            {
                Add(start, "--symlink", target, link);
            }
            else
            {
                Add(start, "--ro-bind-try", link, link);
            }
        }

        foreach (var file in SystemFiles)
        {
            Add(start, "--ro-bind-try", file, file);
        }

        // An interpreter of a virtual environment elsewhere needs that environment.
        if (interpreter is not null && !SystemFolders.Any(f => interpreter.StartsWith(f + "/", StringComparison.Ordinal)) && Path.GetDirectoryName(Path.GetDirectoryName(interpreter)) is { Length: > 1 } environment)
        {
            Bind(start, environment, environment);
        }

        Add(start, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp");
    }

    private static void Bind(ProcessStartInfo start, string from, string to) => Add(start, "--ro-bind", from, to);

    private static void Add(ProcessStartInfo start, params ReadOnlySpan<string> arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
    }

    private static async Task<bool> ProbeAsync(ILogger logger)
    {
        if (!File.Exists(Bubblewrap))
        {
            Log.NoSandbox(logger, "it is not installed");
            return false;
        }

        var start = new ProcessStartInfo { FileName = Bubblewrap, RedirectStandardError = true, UseShellExecute = false };
        Confine(start, null);
        Add(start, "--", "/usr/bin/true");
        using var probe = Process.Start(start)!;
        var error = await probe.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await probe.WaitForExitAsync().ConfigureAwait(false);
        if (probe.ExitCode != 0)
        {
            Log.NoSandbox(logger, error.Trim());
        }

        return probe.ExitCode == 0;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Predictor workers run without a sandbox, for bubblewrap cannot be used: {Reason}")]
        public static partial void NoSandbox(ILogger logger, string reason);
    }
}
