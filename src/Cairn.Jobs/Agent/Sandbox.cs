using System.Text;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// What a task sees inside bubblewrap: the system's programs and libraries read-only, a private <c>/tmp</c> and <c>/workspace</c>, its packages and
/// buckets, and the network, through which it reaches the server on loopback. Not the server's data, not other tasks, not other users' files.
/// </summary>
internal sealed class Sandbox(TaskContext context)
{
    private const string TokenFile = "/run/cairn/token";
    private const string Packages = "/cairn/packages";

    private static readonly string[] SystemLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    /// <summary>Of <c>/etc</c>, what programs need to run; not keys and passwords.</summary>
    private static readonly string[] Configuration =
    [
        "alternatives", "ca-certificates", "crypto-policies", "fonts", "gai.conf", "group", "host.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
        "localtime", "magic", "mime.types", "nsswitch.conf", "passwd", "pki", "protocols", "python3", "python3.11", "python3.12", "python3.13", "R", "resolv.conf",
        "services", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone",
    ];

    /// <summary>The interpreter that runs a package.</summary>
    public static string Interpreter(TaskRecord record) => record.Interpreter ?? "/usr/bin/python3";

    /// <summary>NUL-separated arguments for <c>bwrap --args</c>.</summary>
    /// <param name="buckets">More arguments, for the buckets.</param>
    public byte[] Arguments(IReadOnlyList<string> buckets)
    {
        var record = context.Record;

        // The files of objects are read-only for their owner, too; in its bucket's folder a task may still change them, in the layer above.
        List<string> arguments = [.. System(record.HostName), "--cap-add", "CAP_DAC_OVERRIDE"];
        arguments.AddRange(["--bind", context.Temporary, "/tmp", "--dir", "/var", "--symlink", "/tmp", "/var/tmp", "--bind", context.Work, "/workspace"]);

        // Devices are private but for GPUs, which the server or a scheduler gives to tasks.
        var devices = AcceleratorAccess.Nodes(record.Accelerators ?? []);
        foreach (var device in devices)
        {
            arguments.AddRange(["--dev-bind-try", device, device]);
        }

        foreach (var device in record.Resources.Gpus > 0 && ExecutorSet.HasQueue(record.Executor) ? Directory.GetFileSystemEntries("/dev", "nvidia*") : [])
        {
            arguments.AddRange(["--dev-bind", device, device]);
        }

        // After /tmp, which would hide those that are below it.
        foreach (var path in record.ReadablePaths)
        {
            arguments.AddRange(["--ro-bind", path, path]);
        }

        arguments.AddRange(["--ro-bind", context.Directory.TokenFile, TokenFile, "--bind", context.Metrics, TaskContext.MetricFolder]);
        if (Directory.Exists(context.Packages))
        {
            arguments.AddRange(["--ro-bind", context.Packages, Packages]);
        }

        // `python3` and `python` are the environment's own, wherever it is.
        arguments.AddRange(["--symlink", Interpreter(record), "/cairn/bin/python3", "--symlink", Interpreter(record), "/cairn/bin/python"]);
        arguments.AddRange(buckets);
        arguments.AddRange(["--remount-ro", "/", "--chdir", "/workspace", "--clearenv"]);
        foreach (var (name, value) in context.Environment(context.PythonPath.Select(Inside), context.ProgramPath("/cairn/bin"), "/workspace", TokenFile, confined: devices.Count > 0))
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        return Encoding.UTF8.GetBytes(string.Join('\0', arguments) + "\0");
    }

    /// <summary>What every sandbox begins with: namespaces of its own but for the network's, no capabilities, and the system's programs and libraries.</summary>
    public static List<string> System(string host)
    {
        List<string> arguments =
        [
            "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", host, "--cap-drop", "ALL",
            "--proc", "/proc", "--dev", "/dev", "--ro-bind", "/usr", "/usr",
        ];
        foreach (var name in SystemLinks)
        {
            var info = new DirectoryInfo("/" + name);
            arguments.AddRange(info.LinkTarget is { } target ? ["--symlink", target, info.FullName] : info.Exists ? ["--ro-bind", info.FullName, info.FullName] : []);
        }

        foreach (var name in Configuration)
        {
            arguments.AddRange(["--ro-bind-try", $"/etc/{name}", $"/etc/{name}"]);
        }

        arguments.AddRange(["--ro-bind-try", "/sys/devices/system", "/sys/devices/system"]);
        return arguments;
    }

    private string Inside(string path) => Path.Combine(Packages, Path.GetRelativePath(context.Packages, path)).TrimEnd('.').TrimEnd('/');
}
