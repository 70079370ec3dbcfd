using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Cairn.Testing;

/// <summary>
/// A real Slurm on this machine: munge, a controller, and nodes, each in a process namespace of its own, so that a node can crash with all
/// that runs on it. It is gone with the test process. Nodes claim to be larger than the machine.
/// </summary>
public sealed class SlurmCluster : IAsyncDisposable
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "srun", "unshare"];

    private readonly ScratchDirectory _directory = new();
    private readonly Dictionary<string, Process> _daemons = [];
    private string _taskPlugin = "task/none";
    private SlurmAccounting? _accounting;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle =>
        Programs.Where(program => Find(program) is null).ToList() is { Count: > 0 } missing
            ? $"Slurm cannot be started: {string.Join(", ", missing)} of slurm-wlm and munge are not installed."
        : Environment.IsPrivilegedProcess ? null
        : "Slurm cannot be started: its nodes run programs as their users, which takes root.";

    /// <summary>The path of <c>slurm.conf</c>.</summary>
    public string Configuration => _directory["slurm.conf"];

    /// <summary>Brings up so many nodes of eight processors, <c>n1</c> and on.</summary>
    /// <param name="more">More lines of <c>slurm.conf</c>.</param>
    /// <param name="accounts">Whether it keeps accounts (slurmdbd), as <see cref="SlurmAccounting.Obstacle"/> tells whether it can.</param>
    /// <param name="limits">Whether its nodes hold jobs to the memory that they were given, by the kernel's groups, as
    /// <see cref="MemoryGroups.Obstacle"/> tells whether they can.</param>
    public static async Task<SlurmCluster> StartAsync(int nodes = 2, string more = "", bool accounts = false, bool limits = false)
    {
        var cluster = new SlurmCluster { _taskPlugin = limits ? "task/cgroup" : "task/none" };
        try
        {
            await cluster.LaunchAsync(nodes, more, accounts);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one of Slurm's programs and returns what it printed.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }

    /// <summary>Lets a node crash: its daemon and all that it runs are killed at once.</summary>
    public Task CrashAsync(string node) => StopAsync(node);

    /// <summary>Lets a node come back.</summary>
    public Task BootAsync(string node) => LaunchNodeAsync(node);

    /// <summary>Kills the controller; its state is in its folder.</summary>
    public Task StopControllerAsync() => StopAsync("slurmctld");

    public Task StartControllerAsync() => LaunchAsync("slurmctld", "slurmctld", ["-D", "-f", Configuration]);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _daemons.Keys.Reverse().ToList())
        {
            await StopAsync(name);
        }

        if (_accounting is not null)
        {
            await _accounting.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task LaunchAsync(int nodes, string more, bool accounts)
    {
        foreach (var folder in (string[])["state", "log", "run"])
        {
            Directory.CreateDirectory(_directory[folder]);
        }

        var key = _directory["munge.key"];
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // Its folder is in /tmp, which everyone may write to.
        await LaunchAsync(
            "munged",
            "munged",
            [
                "--foreground",
                "--force",
                $"--key-file={key}",
                $"--socket={_directory["munge.socket"]}",
                $"--pid-file={_directory["munged.pid"]}",
                $"--log-file={_directory["log/munged.log"]}",
                $"--seed-file={_directory["munge.seed"]}",
                "--num-threads=2",
            ]
        );
        await Poll.UntilAsync(() => File.Exists(_directory["munge.socket"]), "munge to listen");
        if (accounts)
        {
            // Before the controller, which takes from it what can be asked for.
            _accounting = await SlurmAccounting.StartAsync(_directory["munge.socket"]);
        }

        await File.WriteAllTextAsync(Configuration, Text(nodes, more));
        await File.WriteAllTextAsync(
            _directory["cgroup.conf"],
            "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\nConstrainRAMSpace=yes\nAllowedSwapSpace=0\n"
        );
        await StartControllerAsync();
        for (var i = 1; i <= nodes; i++)
        {
            await LaunchNodeAsync(string.Create(CultureInfo.InvariantCulture, $"n{i}"));
        }

        await Poll.UntilAsync(
            async () => await IdleAsync() == nodes.ToString(CultureInfo.InvariantCulture),
            $"{nodes} idle nodes; the logs are in {_directory["log"]}"
        );
    }

    private async Task<string> IdleAsync()
    {
        try
        {
            return await RunAsync("sinfo", "--noheader", "--states=idle", "--format=%D");
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private Task LaunchNodeAsync(string node)
    {
        Directory.CreateDirectory(_directory[$"run/spool.{node}"]);
        return LaunchAsync(
            node,
            "unshare",
            ["--pid", "--fork", "--kill-child=KILL", "--mount-proc", Find("slurmd")!, "-D", "-N", node, "-f", Configuration]
        );
    }

    private string Text(int nodes, string more)
    {
        var host = Dns.GetHostName().Split('.')[0];
        var lines = string.Join(
            '\n',
            Enumerable
                .Range(1, nodes)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"NodeName=n{i} NodeHostname={host} NodeAddr=127.0.0.1 Port={PostgresServer.FreePort()} CPUs=8 RealMemory=32000 State=UNKNOWN"
                    )
                )
        );
        return $"""
            ClusterName=cairn
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={PostgresServer.FreePort()}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={_directory["munge.socket"]}
            CredType=cred/munge
            StateSaveLocation={_directory["state"]}
            SlurmdSpoolDir={_directory["run"]}/spool.%n
            SlurmctldPidFile={_directory["run/slurmctld.pid"]}
            SlurmdPidFile={_directory["run"]}/slurmd.%n.pid
            SlurmctldLogFile={_directory["log/slurmctld.log"]}
            SlurmdLogFile={_directory["log"]}/slurmd.%n.log
            SlurmdParameters=config_overrides
            ProctrackType=proctrack/linuxproc
            TaskPlugin={_taskPlugin}
            SwitchType=switch/none
            MpiDefault=none
            {_accounting?.Configuration ?? "AccountingStorageType=accounting_storage/none"}
            SchedulerType=sched/backfill
            SchedulerParameters=sched_interval=2,bf_interval=1,sched_min_interval=100000,batch_sched_delay=0
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            DefMemPerCPU=100
            ReturnToService=2
            SlurmdTimeout=5
            KillWait=3
            {more}
            {lines}
            PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """;
    }

    private async Task LaunchAsync(string name, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        var process = await BoundProcess.StartAsync(start);

        // Read and dropped: the logs are in the folder.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons[name] = process;
    }

    private async Task StopAsync(string name)
    {
        if (_daemons.Remove(name, out var process))
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    internal static string? Find(string program) =>
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            .Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
