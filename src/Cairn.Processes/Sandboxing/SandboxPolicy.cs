using Cairn.Processes.Children;
using Cairn.Processes.Interop;

namespace Cairn.Processes.Sandboxing;

/// <summary>
/// The one policy by which programs of users are kept in bubblewrap: tasks, builds of environments, and workers that load models. What
/// all have in common is here: namespaces of their own, a user of their own where the server is root, no capabilities, a filter of system
/// calls, and of the machine its programs and libraries, read-only. What one may see besides, its owner adds.
/// </summary>
/// <param name="User">Whom the program runs as.</param>
internal sealed record SandboxPolicy(SandboxUser User)
{
    /// <summary>What the program takes its machine to be called, or null for the machine's own name.</summary>
    public string? HostName { get; init; }

    /// <summary>Whether it has the machine's network; else it has none.</summary>
    public bool Network { get; init; }

    /// <summary>
    /// Whether permissions do not hold it from files that it sees. The files of objects are read-only for their owner as well; in its
    /// bucket's folder a task may change them all the same, in the layer
    /// above. Everything that is not the task's own is mounted read-only, which this does not lift.
    /// </summary>
    public bool OverridesPermissions { get; init; }

    /// <summary>What the kernel holds it to.</summary>
    public ProgramLimits Limits { get; init; } = new();

    /// <summary>
    /// Whether the kernel counts the program's processes apart from those of others: those of a user of its own; or, from Linux 5.14 on,
    /// those in its user namespace.
    /// </summary>
    public bool CountsProcesses => User.Id is not null || (!Environment.IsPrivilegedProcess && Environment.OSVersion.Version >= OwnCounts);

    private static readonly Version OwnCounts = new(5, 14);

    private static readonly string[] SystemLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    /// <summary>Of <c>/etc</c>, what programs need to run; not keys and passwords.</summary>
    private static readonly string[] Configuration =
    [
        "alternatives",
        "ca-certificates",
        "crypto-policies",
        "fonts",
        "gai.conf",
        "group",
        "host.conf",
        "hosts",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "localtime",
        "magic",
        "mime.types",
        "nsswitch.conf",
        "passwd",
        "pki",
        "protocols",
        "python3",
        "python3.11",
        "python3.12",
        "python3.13",
        "R",
        "resolv.conf",
        "services",
        "ssl/certs",
        "ssl/openssl.cnf",
        "terminfo",
        "timezone",
    ];

    /// <summary>Of <c>/proc</c>, what speaks to the kernel as a whole: who is root may write some of it without any capability, and
    /// bubblewrap leaves it so.</summary>
    private static readonly string[] KernelFiles = ["acpi", "asound", "bus", "driver", "fs", "irq", "mtrr", "scsi", "sys", "sysrq-trigger"];

    /// <summary>
    /// bubblewrap's arguments, to which the caller adds mounts, and <see cref="PrivateFiles.Sealed"/> as the last. <c>/tmp</c> is the
    /// caller's to make.
    /// </summary>
    /// <param name="filter">The filter of system calls, open in the program that is started; null where there is none for this
    /// machine.</param>
    public List<string> Arguments(InheritedFile? filter)
    {
        List<string> arguments =
        [
            "--die-with-parent",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
            .. Network ? [] : (string[])["--unshare-net"],
        ];
        arguments.AddRange(HostName is { } name ? ["--hostname", name] : []);
        arguments.AddRange(["--cap-drop", "ALL", .. Capabilities.SelectMany(static capability => (string[])["--cap-add", capability])]);
        arguments.AddRange(filter is null ? [] : ["--seccomp", filter.Number]);
        arguments.AddRange([
            "--proc",
            "/proc",
            .. KernelFiles
                .Select(static file => "/proc/" + file)
                .Where(static path => Path.Exists(path))
                .SelectMany(static path => (string[])["--ro-bind", path, path]),
        ]);
        arguments.AddRange(["--dev", "/dev", .. PrivateFiles.InMemory("/dev/shm", Limits.SharedMemory), "--ro-bind", "/usr", "/usr"]);
        foreach (var link in SystemLinks)
        {
            var info = new DirectoryInfo("/" + link);
            arguments.AddRange(
                info.LinkTarget is { } target ? ["--symlink", target, info.FullName]
                : info.Exists ? ["--ro-bind", info.FullName, info.FullName]
                : []
            );
        }

        arguments.AddRange(Configuration.SelectMany(static file => (string[])["--ro-bind-try", $"/etc/{file}", $"/etc/{file}"]));
        arguments.AddRange(["--ro-bind-try", "/sys/devices/system", "/sys/devices/system"]);
        return arguments;
    }

    /// <summary>
    /// What bubblewrap is to run: the program under its limits, or, where it gets a user of its own, <c>setpriv</c>, which becomes that
    /// user for good and then the program. bubblewrap has seen to it before that nothing that is run can gain privileges
    /// (<c>no_new_privs</c>).
    /// </summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="loader">The program's <see cref="LoaderVariables"/>, which the environment of <c>setpriv</c> must not have.</param>
    public IReadOnlyList<string> Program(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? loader = null)
    {
        if (User.Id is not { } user)
        {
            return Limits.Apply(command, CountsProcesses);
        }

        if (loader is { Count: > 0 })
        {
            command = ["/usr/bin/env", .. loader.Select(static variable => $"{variable.Key}={variable.Value}"), .. command];
        }

        var kept = OverridesPermissions ? "-all,+dac_override" : "-all";
        IReadOnlyList<string> asUser =
        [
            HostTools.Find("setpriv") ?? "setpriv",
            $"--reuid={user}",
            $"--regid={user}",
            "--clear-groups",
            $"--inh-caps={kept}",
            $"--ambient-caps={kept}",
            $"--bounding-set={kept}",
            "--no-new-privs",
            "--",
            .. command,
        ];
        return Limits.Apply(asUser, CountsProcesses);
    }

    /// <summary>Capabilities in the sandbox. Those for becoming another user are gone with having become it.</summary>
    private IEnumerable<string> Capabilities =>
        [
            .. OverridesPermissions ? ["CAP_DAC_OVERRIDE"] : (string[])[],
            .. User.Id is null ? [] : (string[])["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"],
        ];
}
