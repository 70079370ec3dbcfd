using Cairn.Jobs.Reports;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Usage;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Reports;

/// <summary>The file that hypertune writes, as the agent follows it.</summary>
public sealed class MetricFileTests
{
    [Fact]
    public void what_hypertune_writes_is_read()
    {
        var sample = MetricFile.Parse(
            """{"accuracy": "0.25", "checkpoint_path": "", "global_step": "7", "timestamp": 1700000000.5, "trial": "3"}""",
            1
        )!;
        sample.Step.ShouldBe(7);
        sample.Time.ShouldBe(1_700_000_000_500_000);
        sample.Metrics.ShouldBe(new Dictionary<string, double> { ["accuracy"] = 0.25 });
    }

    [Theory]
    [InlineData("""{"loss": "nan"}""", double.NaN)]
    [InlineData("""{"loss": "inf"}""", double.PositiveInfinity)]
    [InlineData("""{"loss": "-inf"}""", double.NegativeInfinity)]
    [InlineData("""{"loss": 1e-5, "timestamp": "soon", "global_step": -4}""", 1e-5)]
    public void pythons_numbers_are_read_and_a_line_without_a_time_has_that_of_its_reading(string line, double value)
    {
        var sample = MetricFile.Parse(line, 99)!;
        sample.Metrics["loss"].ShouldBe(value);
        sample.Time.ShouldBe(99);
        sample.Step.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("accuracy=0.5")]
    [InlineData("[1, 2]")]
    [InlineData("""{"accuracy": "good", "trial": "1"}""")]
    [InlineData("""{"accuracy": 0.""")]
    public void a_line_that_reports_nothing_is_passed_over(string line) => MetricFile.Parse(line, 1).ShouldBeNull();

    [Fact]
    public void a_file_that_is_written_anew_with_its_last_lines_only_is_taken_line_by_line_and_once()
    {
        using var scratch = new ScratchDirectory();
        var directory = new AttemptDirectory(scratch.Path);
        Directory.CreateDirectory(directory.Metrics);
        var follower = new MetricFollower(directory, TimeProvider.System);
        var file = Path.Combine(directory.Metrics, AttemptDirectory.MetricFileName);
        var lines = new List<string>();
        for (var step = 1; step <= 250; step++)
        {
            lines.Add($$"""{"loss": "{{250 - step}}", "global_step": "{{step}}", "timestamp": {{1_700_000_000 + step}}}""");
            File.WriteAllLines(file, lines.TakeLast(100));
            if (step % 50 == 0)
            {
                follower.Take(ended: false);
                follower.Take(ended: false);
            }
        }

        follower.Complete();
        Taken(directory).Select(static sample => sample.Step).ShouldBe(Enumerable.Range(1, 250).Select(static step => (long)step));
    }

    [Fact]
    public void the_last_value_counts_also_where_a_line_comes_back_or_has_no_end()
    {
        using var scratch = new ScratchDirectory();
        var directory = new AttemptDirectory(scratch.Path);
        Directory.CreateDirectory(directory.Metrics);
        var follower = new MetricFollower(directory, TimeProvider.System);
        var file = Path.Combine(directory.Metrics, AttemptDirectory.MetricFileName);
        File.WriteAllText(file, "{\"loss\": 0.5}\n{\"loss\": 0.4}\n{\"loss\": 0.5}\n");
        follower.Complete();
        Taken(directory).Select(static sample => sample.Metrics["loss"]).ShouldBe([0.5, 0.4, 0.5]);

        File.AppendAllText(file, "{\"loss\": \"nan\"}");
        new MetricFollower(directory, TimeProvider.System).Complete();
        Taken(directory)[^1].Metrics["loss"].ShouldBe(double.NaN);
    }

    [Fact]
    public void a_link_out_of_the_folder_is_not_followed()
    {
        using var scratch = new ScratchDirectory();
        var directory = new AttemptDirectory(scratch.Path);
        Directory.CreateDirectory(directory.Metrics);
        File.WriteAllText(scratch["secret"], "{\"loss\": 1}\n");
        File.CreateSymbolicLink(Path.Combine(directory.Metrics, AttemptDirectory.MetricFileName), scratch["secret"]);
        new MetricFollower(directory, TimeProvider.System).Complete();
        Taken(directory).ShouldBeEmpty();
    }

    private static List<UsageSample> Taken(AttemptDirectory directory) => UsageSpool.Read(directory.MetricSpool, 0).Samples;
}
