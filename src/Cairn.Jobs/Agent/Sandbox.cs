using System.Globalization;
using System.Text;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// What a task sees inside bubblewrap: the system's programs and libraries read-only, a private <c>/tmp</c> and <c>/workspace</c>, its
/// packages and buckets, and the network, through which it reaches the server on loopback. Not the server's data, not other tasks, not
/// other users' files.
/// </summary>
internal sealed class Sandbox(TaskContext context)
{
    private const string TokenFile = "/run/cairn/token";
    private const string Packages = "/cairn/packages";
    private const string UserName = "cairn";

    private readonly SandboxPolicy _policy = new(UserOf(context.Record))
    {
        HostName = context.Record.HostName,
        Network = true,
        OverridesPermissions = true,
        Limits = LimitsOf(context.Record),
    };

    /// <summary>The interpreter that runs a package.</summary>
    public static string Interpreter(TaskRecord record) => record.Interpreter ?? "/usr/bin/python3";

    /// <summary>Whom a replica's program runs as, also in its next attempt.</summary>
    public static SandboxUser UserOf(TaskRecord record) => SandboxUser.Of($"{record.Task}/{record.Replica}");

    /// <summary>
    /// What a replica's programs are held to. Of the memory that a scheduler gives it, and of its own, half may be files.
    /// </summary>
    public static ProgramLimits LimitsOf(TaskRecord record) =>
        record.Limits.OfProgram(
            Schedulers.Has(record.Executor) && record.Resources.MemoryMib > 0 ? record.Resources.MemoryMib * (1L << 19) : null
        );

    /// <summary>What bubblewrap runs.</summary>
    public IReadOnlyList<string> Program =>
        _policy.Program(
            context.Command(Interpreter(context.Record)),
            Environment(Confined).Where(static variable => LoaderVariables.Has(variable.Key)).ToDictionary()
        );

    private bool Confined => AcceleratorAccess.Nodes(context.Record.Accelerators ?? []).Count > 0;

    /// <summary>NUL-separated arguments for <c>bwrap --args</c>.</summary>
    /// <param name="buckets">More arguments, for the buckets.</param>
    /// <param name="filter">The filter of system calls.</param>
    public byte[] Arguments(IReadOnlyList<string> buckets, InheritedFile? filter)
    {
        var record = context.Record;
        foreach (var own in (string[])[context.Temporary, context.Work, context.Metrics])
        {
            _policy.User.Give(own);
        }

        var arguments = _policy.Arguments(filter);
        arguments.AddRange([
            "--bind",
            context.Temporary,
            "/tmp",
            "--dir",
            "/var",
            "--symlink",
            "/tmp",
            "/var/tmp",
            "--bind",
            context.Work,
            "/workspace",
        ]);
        arguments.AddRange(Users());

        // Devices are private but for GPUs, which the server or a scheduler gives to tasks.
        var devices = AcceleratorAccess.Nodes(record.Accelerators ?? []);
        foreach (var device in devices)
        {
            arguments.AddRange(["--dev-bind-try", device, device]);
        }

        foreach (
            var device in record.Resources.Gpus > 0 && Schedulers.Has(record.Executor)
                ? Directory.GetFileSystemEntries("/dev", "nvidia*")
                : []
        )
        {
            arguments.AddRange(["--dev-bind", device, device]);
        }

        // After /tmp, which would hide those that are below it.
        foreach (var path in record.ReadablePaths)
        {
            arguments.AddRange(["--ro-bind", path, path]);
        }

        arguments.AddRange(["--ro-bind", context.Directory.TokenFile, TokenFile, "--bind", context.Metrics, TaskContext.MetricFolder]);
        GsutilConfiguration.Write(context, Path.GetDirectoryName(TokenFile)!, "/tmp");
        foreach (var file in GsutilConfiguration.Files(context))
        {
            arguments.AddRange(["--ro-bind", context.Directory.In(file), Path.Combine(Path.GetDirectoryName(TokenFile)!, file)]);
        }

        if (Directory.Exists(context.Packages))
        {
            arguments.AddRange(["--ro-bind", context.Packages, Packages]);
        }

        // `python3` and `python` are the environment's own, wherever it is.
        arguments.AddRange(["--symlink", Interpreter(record), "/cairn/bin/python3", "--symlink", Interpreter(record), "/cairn/bin/python"]);
        arguments.AddRange(buckets);
        arguments.AddRange([.. PrivateFiles.Sealed, "--chdir", "/workspace", "--clearenv"]);
        foreach (
            var (name, value) in Environment(Confined).Where(variable => _policy.User.Id is null || !LoaderVariables.Has(variable.Key))
        )
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        return Encoding.UTF8.GetBytes(string.Join('\0', MountPoints.Open(arguments)) + "\0");
    }

    private Dictionary<string, string> Environment(bool confined)
    {
        var environment = context.Environment(
            context.PythonPath.Select(Inside),
            context.ProgramPath("/cairn/bin"),
            "/workspace",
            TokenFile,
            confined
        );
        if (_policy.User.Id is not null)
        {
            environment.TryAdd("USER", UserName);
            environment.TryAdd("LOGNAME", UserName);
        }

        return environment;
    }

    /// <summary>Programs look up the name of their user, which the machine has none for.</summary>
    private string[] Users()
    {
        const string list = "/etc/passwd";
        if (_policy.User.Id is not { } user || !File.Exists(list))
        {
            return [];
        }

        var file = context.Directory.In("passwd");
        DurableFile.Write(
            file,
            [
                .. File.ReadAllBytes(list),
                .. Encoding.ASCII.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{UserName}:x:{user}:{user}::/workspace:/bin/sh\n")
                ),
            ],
            durable: false
        );
        _policy.User.Give(file);
        return ["--ro-bind", file, list];
    }

    private string Inside(string path) => Path.Combine(Packages, Path.GetRelativePath(context.Packages, path)).TrimEnd('.').TrimEnd('/');
}
