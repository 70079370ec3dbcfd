using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>Runs the program in a container of any OCI image, with podman and this machine's network.</summary>
internal sealed class PodmanLauncher : ILauncher
{
    public const string LauncherName = "podman";

    private const string TokenFile = "/run/cairn/token";
    private const string Packages = "/cairn/packages";

    public string Name => LauncherName;

    public async Task<Launch> PrepareAsync(TaskContext context, CancellationToken cancellation)
    {
        var podman =
            HostTools.Find("podman")
            ?? throw new TaskFailure(Code.FailedPrecondition, "podman is not installed on the machine that runs this task.");
        var image = context.Record.Image ?? throw new TaskFailure(Code.InvalidArgument, "The task names no container image.");
        Directory.CreateDirectory(context.Work);
        var environment = ToolEnvironment(context.Directory.In("containers.conf"));
        await PullAsync(context, podman, image, environment, cancellation);

        var name = ContainerName(context.Record);
        await RemoveAsync(podman, name, environment);
        var overlay = context.Record.Buckets.Count == 0 ? null : await BucketMounts.TryOverlayAsync(context, cancellation);
        List<string> arguments =
        [
            "run",
            "--name",
            name,
            "--network",
            "host",
            "--pull",
            "never",
            "--log-driver",
            "none",
            .. ContainerLimits.Of(context.Record.Limits.OfProgram()),
        ];
        var limitsMemory = context.Record.Limits.Memory is not null && await HasMemoryGroupsAsync(podman, environment, cancellation);
        if (limitsMemory && context.Record.Limits.Memory is { Bytes: var bytes })
        {
            var most = bytes.ToString(CultureInfo.InvariantCulture);

            // The second is memory and swap together.
            arguments.AddRange(["--memory", most, "--memory-swap", most]);
        }

        arguments.AddRange([
            "--volume",
            $"{context.Directory.TokenFile}:{TokenFile}:ro",
            "--volume",
            $"{context.Work}:/workspace",
            "--volume",
            $"{context.Metrics}:{TaskContext.MetricFolder}",
        ]);
        GsutilConfiguration.Write(context, Path.GetDirectoryName(TokenFile)!, "/tmp");
        foreach (var file in GsutilConfiguration.Files(context))
        {
            arguments.AddRange(["--volume", $"{context.Directory.In(file)}:{Path.Combine(Path.GetDirectoryName(TokenFile)!, file)}:ro"]);
        }

        if (Directory.Exists(context.Packages))
        {
            arguments.AddRange(["--volume", $"{context.Packages}:{Packages}:ro"]);
        }

        arguments.AddRange(Volumes(context, overlay is not null));
        var devices = AcceleratorAccess.Nodes(context.Record.Accelerators ?? []);
        arguments.AddRange(devices.SelectMany(static device => (string[])["--device", device]));
        arguments.AddRange(WriteEnvironment(context, confined: devices.Count > 0));
        arguments.AddRange(Program(context, image));
        string[] command = [.. overlay ?? [], podman, .. arguments];
        return new Launch(command[0], command[1..], environment, context.Work)
        {
            HoldsMemory = limitsMemory,
            Terminate = async _ =>
                await HostTools.RunAsync(podman, ["kill", "--signal", "TERM", name], environment, CancellationToken.None),
            Kill = async pid =>
            {
                await HostTools.RunAsync(podman, ["kill", "--signal", "KILL", name], environment, CancellationToken.None);
                ChildProcess.SignalGroup(pid, Libc.SigKill);
            },
            Interpret = status => InterpretAsync(podman, name, environment, status),
        };
    }

    /// <summary>One container a replica: a second attempt finds and removes what a lost agent left.</summary>
    private static string ContainerName(TaskRecord record) => $"cairn-{record.Task}-{record.Replica}";

    /// <summary>podman's own environment, with a configuration that also works where there is no systemd.</summary>
    public static Dictionary<string, string> ToolEnvironment(string configurationFile)
    {
        var environment = new Dictionary<string, string>(HostTools.Environment);
        foreach (
            var name in (string[])
                [
                    "CONTAINERS_CONF",
                    "CONTAINERS_STORAGE_CONF",
                    "CONTAINERS_REGISTRIES_CONF",
                    "XDG_RUNTIME_DIR",
                    "XDG_DATA_HOME",
                    "REGISTRY_AUTH_FILE",
                ]
        )
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        if (!environment.ContainsKey("CONTAINERS_CONF") && !Directory.Exists("/run/systemd/system"))
        {
            File.WriteAllText(
                configurationFile,
                $"""
                [containers]
                default_ulimits = ["nofile=20000:20000","nproc=8192:8192"]
                cgroups = "enabled"
                [engine]
                runtime = "{(HostTools.Find("runc") is not null ? "runc" : "crun")}"
                cgroup_manager = "cgroupfs"
                events_logger = "file"

                """
            );
            environment["CONTAINERS_CONF"] = configurationFile;
        }

        return environment;
    }

    /// <summary>Removes a replica's container, running or not.</summary>
    public static Task RemoveAsync(Replica replica) =>
        HostTools.Find("podman") is { } podman
            ? RemoveAsync(podman, ContainerName(replica.Record), ToolEnvironment(replica.Directory.In("containers.conf")))
            : Task.CompletedTask;

    private static Task RemoveAsync(string podman, string name, IReadOnlyDictionary<string, string> environment) =>
        HostTools.RunAsync(podman, ["rm", "--force", "--ignore", "--time", "0", name], environment, CancellationToken.None);

    /// <summary>A user who is not root may not have been given control groups that count memory; the agent looks then.</summary>
    private static async Task<bool> HasMemoryGroupsAsync(
        string podman,
        Dictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        var info = await HostTools.RunAsync(
            podman,
            ["info", "--format", "{{.Host.CgroupControllers}} {{.Host.CgroupsVersion}}"],
            environment,
            cancellation
        );
        return info.ExitCode == 0
            && info.Output.Contains("memory", StringComparison.Ordinal)
            && (Environment.IsPrivilegedProcess || info.Output.Contains("v2", StringComparison.Ordinal));
    }

    private static async Task PullAsync(
        TaskContext context,
        string podman,
        string image,
        Dictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        if ((await HostTools.RunAsync(podman, ["image", "exists", "--", image], environment, cancellation)).ExitCode == 0)
        {
            return;
        }

        context.Log.Say($"Pulling the image '{image}'.");
        var pull = await HostTools.RunAsync(podman, ["pull", "--quiet", "--", image], environment, cancellation);
        if (pull.ExitCode != 0)
        {
            throw new TaskFailure(
                Code.NotFound,
                $"The image '{image}' is not on this machine and cannot be pulled: {pull.Complaint}. Import it with podman, or map its name to a local environment in images.yaml."
            );
        }
    }

    private static IEnumerable<string> Volumes(TaskContext context, bool overlay)
    {
        // A colon ends a path for podman; what has one in its name is not shown.
        var volumes = overlay
            ? context.Record.Buckets.Select(mount => $"{Path.Combine(context.Merged, mount.Bucket)}:/gcs/{mount.Bucket}")
            : BucketBinds
                .Of(context)
                .Where(static bind => bind.Source is { } source && !source.Contains(':', StringComparison.Ordinal))
                .Select(static bind => $"{bind.Source}:{bind.Target}{(bind.Writable ? "" : ":ro")}");
        return volumes.SelectMany(static volume => (string[])["--volume", volume]);
    }

    /// <summary>
    /// Writes the environment to a file that only the owner reads; values of several lines, which such a file cannot hold, become
    /// arguments.
    /// </summary>
    private static List<string> WriteEnvironment(TaskContext context, bool confined)
    {
        var file = context.Directory.In("container.env");
        var lines = new StringBuilder();
        List<string> arguments = ["--env-file", file];
        var packages = context.PythonPath.Select(path => Path.Combine(Packages, Path.GetRelativePath(context.Packages, path)));
        var environment = context.Environment(packages, "", "/root", TokenFile, confined);

        // The image knows its own PATH, language and home better.
        foreach (
            var (name, value) in environment.Where(pair =>
                pair.Key is not ("PATH" or "LANG" or "HOME") || context.Record.Environment.ContainsKey(pair.Key)
            )
        )
        {
            if (value.AsSpan().ContainsAny('\n', '\r'))
            {
                arguments.AddRange(["--env", $"{name}={value}"]);
            }
            else
            {
                lines.Append(CultureInfo.InvariantCulture, $"{name}={value}\n");
            }
        }

        DurableFile.Write(file, Encoding.UTF8.GetBytes(lines.ToString()), durable: false);
        return arguments;
    }

    /// <summary>
    /// The image and what runs in it. A command replaces the image's entry point, as in Vertex; arguments alone are given to it.
    /// </summary>
    private static IEnumerable<string> Program(TaskContext context, string image)
    {
        var record = context.Record;
        IReadOnlyList<string> command = record.Package is { } package ? ["python3", "-m", package.Module] : record.Command;
        return command.Count == 0
            ? ["--", image, .. record.Arguments]
            :
            [
                "--entrypoint",
                new JsonArray([.. command.Select(static word => (JsonNode)word)]).ToJsonString(),
                "--",
                image,
                .. record.Arguments,
            ];
    }

    private static async Task<TaskEnd> InterpretAsync(
        string podman,
        string name,
        Dictionary<string, string> environment,
        ChildStatus status
    )
    {
        var inspected = await HostTools.RunAsync(
            podman,
            ["inspect", "--format", "{{.State.OOMKilled}} {{.State.ExitCode}}", name],
            environment,
            CancellationToken.None
        );
        var outOfMemory = inspected.Output.StartsWith("true", StringComparison.Ordinal);
        await RemoveAsync(podman, name, environment);
        return status.ExitCode switch
        {
            _ when outOfMemory => new TaskEnd(status.Unwrap(), OutOfMemory: true),
            125 => new TaskEnd(status, "podman could not start the container", NotStarted: true),
            _ => new TaskEnd(status.Unwrap()),
        };
    }
}
