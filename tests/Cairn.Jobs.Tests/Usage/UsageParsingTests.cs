using Cairn.Jobs.Usage;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Usage;

public sealed class UsageParsingTests
{
    [Fact]
    public void every_gpu_has_its_metrics_and_what_one_does_not_tell_is_left_out()
    {
        var metrics = new Dictionary<string, double>();

        GpuUsage.Parse("0, 37, 2048, 8192, 75.50, 151.00\n1, [N/A], 0, 8192, [Not Supported], [N/A]\nnonsense\n", metrics);

        metrics["system/gpu_0_utilization_percentage"].ShouldBe(37);
        metrics["system/gpu_0_memory_usage_megabytes"].ShouldBe(2147.483648, 1e-9);
        metrics["system/gpu_0_memory_usage_percentage"].ShouldBe(25);
        metrics["system/gpu_0_power_usage_watts"].ShouldBe(75.5);
        metrics["system/gpu_0_power_usage_percentage"].ShouldBe(50);
        metrics
            .Keys.Where(name => name.Contains("gpu_1"))
            .ShouldBe(["system/gpu_1_memory_usage_megabytes", "system/gpu_1_memory_usage_percentage"], ignoreOrder: true);
    }

    [Fact]
    public void network_counters_are_summed_over_interfaces()
    {
        string[] lines =
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo: 1000 2 0 0 0 0 0 0 1000 2 0 0 0 0 0 0",
            "  eth0:23456789 100 0 0 0 0 0 0 654 10 0 0 0 0 0 0",
        ];

        NetworkUsage.Parse(lines).ShouldBe(new NetworkUsage(23_457_789, 1_654));
    }

    [Fact]
    public void a_reader_takes_whole_samples_and_passes_over_damage()
    {
        using var scratch = new ScratchDirectory();
        var path = scratch["usage.spool"];
        UsageSpool.Read(path, 0).Samples.ShouldBeEmpty();
        UsageSpool.Append(path, new UsageSample(3, 17, new Dictionary<string, double> { ["a"] = 0.1 }));
        File.AppendAllText(path, "\0\0\0\n{\"step\":");

        var (samples, next) = UsageSpool.Read(path, 0);

        var sample = samples.ShouldHaveSingleItem();
        (sample.Step, sample.Time, sample.Metrics["a"]).ShouldBe((3L, 17L, 0.1));
        UsageSpool.Read(path, next).Samples.ShouldBeEmpty();
    }

    [Fact]
    public async Task the_processor_time_and_memory_of_a_child_count_also_when_it_has_ended()
    {
        // A parent of its own, because other tests' programs run below this process.
        const string script = """
            import subprocess, sys
            work = "import time\nx = bytearray(64 << 20)\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nprint('done', flush=True)\ninput()"
            child = subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE)
            sys.stdin.readline()
            child.kill()
            child.wait()
            print("gone", flush=True)
            sys.stdin.readline()
            """;
        using var parent = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            await Poll.UntilAsync(() => ProcessUsage.Below(parent.Id).Processor.TotalSeconds >= 0.25, "the child to work");
            ProcessUsage.Below(parent.Id).Memory.ShouldBeGreaterThan(64L << 20);

            await parent.StandardInput.WriteLineAsync();
            while (await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "gone") { }

            ProcessUsage.Below(parent.Id).Processor.TotalSeconds.ShouldBeGreaterThanOrEqualTo(0.25);
            ProcessUsage.Below(parent.Id).Memory.ShouldBe(0);
        }
        finally
        {
            parent.Kill(entireProcessTree: true);
        }
    }
}
