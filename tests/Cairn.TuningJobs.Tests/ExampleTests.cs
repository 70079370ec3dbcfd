using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class ExampleTests
{
    /// <summary>Split by hash, tuned, trained for good, registered, deployed, asked: <c>examples/digits</c> as a person runs it.</summary>
    [Fact]
    public async Task the_example_goes_from_data_to_answers()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "Debian's python3-sklearn is not installed.");
        await using var server = await ServerProcess.StartAsync();
        var start = new ProcessStartInfo(
            "/usr/bin/python3",
            [
                "-B",
                Path.Combine(AppContext.BaseDirectory, "examples", "digits", "run.py"),
                "--endpoint",
                server.Http,
                "--trials",
                "6",
                "--parallel",
                "2",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("The example did not end within six minutes.", late);
        }

        var said = await output;
        process.ExitCode.ShouldBe(0, said + await errors);
        said.ShouldContain("split: 1463 training, 186 validation, 148 test");
        var right = Regex.Match(said, @"predicted: (\d+) of 148 test digits");
        right.Success.ShouldBeTrue(said);
        int.Parse(right.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(130, said);
    }
}
