using System.Diagnostics;
using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Python;

/// <summary>
/// The command line of a predictor worker: inside bubblewrap, under the policy of all programs of users, without a network and with the
/// model's folder only. What unpickles a model runs nowhere else, unless the server's configuration says so, which the log then repeats
/// for each worker.
/// </summary>
public sealed partial class Sandbox(ServingOptions options, ILogger<Sandbox> logger)
{
    private const string ModelFolder = "/model";
    private const string CodeFolder = "/cairn";

    /// <summary>What is in every sandbox, so that nothing of it need be added for an interpreter that is there.</summary>
    private const string SystemFolder = "/usr/";

    /// <summary>How much a worker may keep in its <c>/tmp</c>, which is memory.</summary>
    private const long TemporaryBytes = 1L << 30;

    private Task<string?>? _obstacle;

    /// <summary>Tells what hinders sandboxes on this machine; asked once.</summary>
    internal Func<CancellationToken, Task<string?>> Probe { get; init; } = SandboxProbe.ObstacleAsync;

    /// <summary>What starts the worker for a model.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where it must be kept in a sandbox, and cannot.</exception>
    internal async Task<WorkerCommand> CommandAsync(WorkerProgram program, string modelFolder)
    {
        var hindrance =
            options.Sandbox == SandboxMode.Off
                ? "this server is configured not to use one"
                : await (_obstacle ??= Probe(CancellationToken.None));
        if (hindrance is null)
        {
            return Confined(program, modelFolder);
        }

        if (options.Sandbox == SandboxMode.Required)
        {
            throw StatusException.FailedPrecondition(
                $"Loading this model may run code that is in it, so this server does it in a sandbox only, and cannot: {hindrance}. Mend that, or start the server with '--predictor-sandbox auto', where all models are trusted."
            );
        }

        Log.NoSandbox(logger, modelFolder, hindrance);
        return new WorkerCommand(Start(program.Interpreter, program.Arguments(program.CodeFolder, modelFolder)), null);
    }

    private WorkerCommand Confined(WorkerProgram program, string modelFolder)
    {
        var policy = new SandboxPolicy(SandboxUser.Of(modelFolder))
        {
            OverridesPermissions = program.OpensItsOutput || !IsReadable(modelFolder) || !IsReadable(program.CodeFolder),
        };
        var filter = SeccompFilter.Open();
        List<string> arguments = [.. policy.Arguments(filter), "--new-session", .. PrivateFiles.InMemory("/tmp", TemporaryBytes)];

        // An interpreter of a virtual environment elsewhere needs that environment.
        var interpreter = program.Interpreter;
        IEnumerable<string> own =
            !interpreter.StartsWith(SystemFolder, StringComparison.Ordinal)
            && Path.GetDirectoryName(Path.GetDirectoryName(interpreter)) is { Length: > 1 } environment
                ? [environment]
                : [];
        foreach (var folder in own.Concat(options.ReadablePaths).Distinct())
        {
            arguments.AddRange(["--ro-bind", folder, folder]);
        }

        arguments.AddRange([
            "--ro-bind",
            modelFolder,
            ModelFolder,
            "--ro-bind",
            program.CodeFolder,
            CodeFolder,
            .. PrivateFiles.Sealed,
            "--",
        ]);
        return new WorkerCommand(
            Start(
                SandboxProbe.Bubblewrap!,
                [.. MountPoints.Open(arguments), .. policy.Program([interpreter, .. program.Arguments(CodeFolder, ModelFolder)])]
            ),
            filter
        );
    }

    private static ProcessStartInfo Start(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["HOME"] = "/tmp";
        start.Environment["USER"] = "cairn";
        start.Environment["LOGNAME"] = "cairn";

        // One thread a worker: replicas, not threads, are how a deployed model grows.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        return start;
    }

    /// <summary>Whether every user can read all of a folder.</summary>
    private static bool IsReadable(string folder) =>
        IsOpen(folder)
        && Directory
            .EnumerateFileSystemEntries(
                folder,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    AttributesToSkip = FileAttributes.ReparsePoint,
                    IgnoreInaccessible = false,
                }
            )
            .All(IsOpen);

    private static bool IsOpen(string path)
    {
        var mode = File.GetUnixFileMode(path);
        return mode.HasFlag(UnixFileMode.OtherRead) && (mode.HasFlag(UnixFileMode.OtherExecute) || !Directory.Exists(path));
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "A predictor worker for {ModelFolder} runs without a sandbox, as the server's user: {Reason}."
        )]
        public static partial void NoSandbox(ILogger logger, string modelFolder, string reason);
    }
}
