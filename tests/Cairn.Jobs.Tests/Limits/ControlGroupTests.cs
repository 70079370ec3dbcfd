using Cairn.Jobs.Limits;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Limits;

/// <summary>Control groups on a folder that looks like the kernel's: what is written to it, and what is read from it.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void a_group_that_was_given_to_the_server_is_divided_once_the_server_has_left_it()
    {
        var own = Kernel("system.slice/cairn.service");

        var groups = new JobGroups(new GroupPlace(_scratch.Path, own), "/data", root: false);

        groups.Prepare().ShouldBeNull();
        groups.Folder.ShouldNotBeNull().ShouldStartWith(own + "/cairn-");
        File.ReadAllText(Path.Combine(own, "cairn-server", "cgroup.procs"))
            .ShouldBe(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.ReadAllText(Path.Combine(own, "cgroup.subtree_control")).ShouldBe("+memory +pids");
        File.ReadAllText(Path.Combine(groups.Folder, "cgroup.subtree_control")).ShouldBe("+memory +pids");
    }

    [Fact]
    public void what_cannot_be_used_is_said()
    {
        new JobGroups(new GroupPlace(null, null), "/data", root: true)
            .Prepare()
            .ShouldNotBeNull()
            .ShouldContain("no control groups of version 2");
        var own = Kernel("own", "hugetlb");
        new JobGroups(new GroupPlace(_scratch.Path, own), "/data", root: true).Prepare().ShouldNotBeNull().ShouldContain("memory and pids");
        Kernel("own");
        var elsewhere = _scratch["not-there"];
        new JobGroups(new GroupPlace(_scratch.Path, elsewhere), "/data", root: false).Prepare().ShouldBeNull();
        File.WriteAllText(_scratch["file"], "");
        new JobGroups(new GroupPlace(_scratch.Path, _scratch["file"]), "/data", root: false)
            .Prepare()
            .ShouldNotBeNull()
            .ShouldContain("no group with limits can be made");
    }

    [Fact]
    public void a_task_has_its_limits_in_its_group_and_the_groups_counters_tell_what_ended_it()
    {
        var home = Directory.CreateDirectory(_scratch["home"]).FullName;
        var limits = new TaskLimits
        {
            Memory = new SizeLimit(1 << 30, "", ""),
            Processes = 50,
            ControlGroup = Directory.CreateDirectory(_scratch["jobs"]).FullName,
        };
        var folder = _scratch["jobs/1-workerpool0-0"];

        using var group = TaskGroup.Create(limits, "1-workerpool0-0", home);

        File.ReadAllText(Path.Combine(folder, "memory.max")).ShouldBe("1073741824");
        File.ReadAllText(Path.Combine(folder, "memory.oom.group")).ShouldBe("1");
        File.ReadAllText(Path.Combine(folder, "pids.max")).ShouldBe("50");
        using (group.Enter())
        {
            File.Exists(Path.Combine(folder, "cgroup.procs")).ShouldBeTrue();
            File.Exists(Path.Combine(home, "cgroup.procs")).ShouldBeFalse();
        }

        File.Exists(Path.Combine(home, "cgroup.procs")).ShouldBeTrue();
        (group.RanOutOfMemory, group.RanOutOfProcesses).ShouldBe((false, false));
        File.WriteAllText(Path.Combine(folder, "memory.events"), "low 0\nmax 12\noom 1\noom_kill 1\n");
        File.WriteAllText(Path.Combine(folder, "pids.events"), "max 3\n");
        (group.RanOutOfMemory, group.RanOutOfProcesses).ShouldBe((true, true));
    }

    [Fact]
    public void groups_are_found_by_the_mounts_of_both_versions()
    {
        string[] mounts =
        [
            "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw,nsdelegate",
            "31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
            "32 24 0:28 / /proc rw - proc proc rw",
        ];

        GroupPlace
            .Parse(mounts, ["4:memory:/slurm/job_1", "0::/system.slice/cairn.service"])
            .ShouldBe(new GroupPlace("/sys/fs/cgroup", "/sys/fs/cgroup/system.slice/cairn.service", "/sys/fs/cgroup/memory/slurm/job_1"));
        GroupPlace.Parse(mounts[..1], ["0::/"]).ShouldBe(new GroupPlace("/sys/fs/cgroup", "/sys/fs/cgroup"));
        GroupPlace.Parse([], ["0::/"]).ShouldBe(new GroupPlace(null, null));
    }

    [Fact]
    public void a_kill_for_lack_of_memory_is_told_from_any_other()
    {
        var own = Directory.CreateDirectory(_scratch["own"]).FullName;
        File.WriteAllText(Path.Combine(own, "memory.events"), "oom_kill 2\n");
        File.WriteAllText(_scratch["vmstat"], "pgfault 5\noom_kill 7\n");
        var witness = new OutOfMemoryWitness(new GroupPlace(_scratch.Path, own), _scratch["vmstat"]);

        witness.WhatRanOut().ShouldBeNull();
        File.WriteAllText(_scratch["vmstat"], "pgfault 6\noom_kill 8\n");
        witness.WhatRanOut().ShouldNotBeNull().ShouldContain("the machine");
        File.WriteAllText(Path.Combine(own, "memory.events"), "oom_kill 3\n");
        witness.WhatRanOut().ShouldNotBeNull().ShouldContain("scheduler");
    }

    /// <summary>Makes the root of all groups, and one below it, as the kernel does.</summary>
    private string Kernel(string name, string controllers = "cpu memory pids")
    {
        File.WriteAllText(_scratch["cgroup.controllers"], controllers + "\n");
        var folder = Directory.CreateDirectory(_scratch[name]).FullName;
        File.WriteAllText(Path.Combine(folder, "cgroup.type"), "domain\n");
        return folder;
    }
}
