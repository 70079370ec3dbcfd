using Cairn.Jobs.Limits;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Limits;

public sealed class TaskLimitsTests
{
    private const long Machine = 100L << 30;

    [Theory]
    [InlineData("n1-standard-1", 3.75, "what its machine type n1-standard-1 has")]
    [InlineData("n1-highmem-96", 90, "nine tenths of what the server's machine has")]
    [InlineData("", 90, "nine tenths of what the server's machine has")]
    public void a_task_has_what_its_machine_type_has_and_no_more_than_there_is(string type, double gib, string source)
    {
        var limits = Of(new LimitOptions(), type);

        limits.Memory.ShouldNotBeNull().Source.ShouldBe(source);
        limits.Memory.Bytes.ShouldBeInRange((long)(gib * (1L << 30)) - 10, (long)(gib * (1L << 30)));
        limits.Disk.ShouldNotBeNull().Bytes.ShouldBe(100L << 30);
    }

    [Fact]
    public void a_servers_own_measure_goes_before_and_off_is_none()
    {
        var limits = Of(
            new LimitOptions
            {
                Memory = LimitSize.Parse("0.5", "machine-type"),
                Disk = LimitSize.Parse("off", "boot-disk"),
                Processes = null,
            },
            "n1-standard-1"
        );

        limits.Memory.ShouldNotBeNull().Bytes.ShouldBe(512 << 20);
        limits
            .Memory.Passed("The job", "memory")
            .ShouldStartWith("The job used more than 512 MiB of memory, what this server allows a task (--job-memory).");
        (limits.Disk, limits.Processes).ShouldBe((null, null));
        LimitSize.Parse("boot-disk", "boot-disk").ShouldBe(LimitSize.OfJob);
        foreach (var wrong in (string[])["", "-1", "0", "8g", "NaN", "1e9", "boot-disk"])
        {
            Should
                .Throw<FormatException>(() => LimitSize.Parse(wrong, "machine-type"))
                .Message.ShouldContain("machine-type, a number of GiB");
        }
    }

    [Fact]
    public void a_scheduler_holds_its_tasks_to_memory_itself() =>
        TaskLimits
            .Of(new LimitOptions(), Pool("n1-standard-1"), scheduled: true, Machine, "/groups")
            .ShouldSatisfyAllConditions(
                static limits => limits.Memory.ShouldBeNull(),
                static limits => limits.ControlGroup.ShouldBeNull(),
                static limits => limits.Processes.ShouldBe(4096)
            );

    [Fact]
    public void a_processs_memory_is_what_no_file_stands_behind()
    {
        TreeUse
            .Parse([
                "Name:\tpython3",
                "State:\tS (sleeping)",
                "RssAnon:\t    2048 kB",
                "RssFile:\t   99999 kB",
                "RssShmem:\t    1024 kB",
                "VmSwap:\t    512 kB",
                "Threads:\t7",
            ])
            .ShouldBe(new TreeUse(7, 2560 << 10, 1 << 20));
        TreeUse.Parse(["State:\tZ (zombie)", "Threads:\t1"]).ShouldBe(default);
        TreeUse
            .ParseExact(["Rss: 9 kB", "Pss_Anon: 100 kB", "Pss_File: 7 kB", "Pss_Shmem: 50 kB", "SwapPss: 1 kB"])
            .ShouldBe(new TreeUse(0, 101 << 10, 50 << 10));
        TreeUse.ParseExact(["Rss: 9 kB", "Pss: 5 kB"]).ShouldBeNull();
    }

    [Fact]
    public void a_folder_counts_for_what_it_takes_and_links_are_not_followed()
    {
        using var scratch = new ScratchDirectory();
        var folder = Directory.CreateDirectory(scratch["own/inner"]).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(folder, "inner", "full"), new byte[1 << 20]);
        using (var holes = File.Create(Path.Combine(folder, "holes")))
        {
            holes.SetLength(1L << 40);
        }

        File.WriteAllBytes(scratch["elsewhere"], new byte[8 << 20]);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), scratch["elsewhere"]);
        Directory.CreateSymbolicLink(Path.Combine(folder, "up"), scratch.Path);

        var use = FolderUse.Of(folder, maxFiles: 100);

        use.Bytes.ShouldBeInRange(1 << 20, 2 << 20);
        (use.Files, use.TooDeep).ShouldBe((5, false));
        FolderUse.Of(folder, maxFiles: 2).Files.ShouldBe(3);
        FolderUse.Of(scratch["none"], maxFiles: 100).ShouldBe(default);
    }

    private static TaskLimits Of(LimitOptions options, string type) =>
        TaskLimits.Of(options, Pool(type), scheduled: false, Machine, group: null);

    private static WorkerPoolSpec Pool(string type) => new() { MachineSpec = new MachineSpec { MachineType = type } };
}
