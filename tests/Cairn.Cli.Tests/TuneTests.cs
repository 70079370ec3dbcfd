using System.Diagnostics;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class TuneTests(OpenServer server) : IClassFixture<OpenServer>
{
    // Best at x = 2; what it prints last counts.
    private const string Script = "import sys; x = float(sys.argv[1]); print('loss=99'); print('loss: %r' % ((x - 2) ** 2))";

    [Fact]
    public async Task a_command_is_tuned_and_the_best_one_printed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Python is not installed.");
        var run = await server.CairnAsync(
            "tune",
            "--study=tuned",
            "--metric=loss:min",
            "--param",
            "x=-5..5",
            "--trials=12",
            "--parallel=2",
            "--",
            "/usr/bin/python3",
            "-c",
            Script,
            "{x}"
        );
        var best = run.ShouldWork().Trim();
        best.ShouldStartWith("/usr/bin/python3 -c '");
        Math.Abs(double.Parse(best.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture) - 2).ShouldBeLessThan(0.5);

        var id = (await server.CairnAsync("studies", "list", "--format", "value(name:id)")).ShouldWork().Trim();
        (await server.CairnAsync("studies", "trials", id, "--format", "value(state)"))
            .ShouldWork()
            .Trim()
            .Split('\n')
            .ShouldBe(Enumerable.Repeat("SUCCEEDED", 12));
        (await server.CairnAsync("studies", "best", id)).ShouldWork().ShouldContain("loss=");
        (await server.CairnAsync("operations", "list")).ShouldWork();
        (await server.CairnAsync("studies", "delete", id)).ShouldWork();
        (await server.CairnAsync("studies", "describe", id)).ShouldFail("NOT_FOUND", id);
    }

    [Fact]
    public async Task a_command_that_fails_leaves_infeasible_trials()
    {
        var run = await server.CairnAsync(
            "tune",
            "--project=failing",
            "--metric=loss:min",
            "--param",
            "x=0..1",
            "--trials=2",
            "--",
            "/bin/false",
            "{x}"
        );
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("No trial");
        var id = (await server.CairnAsync("studies", "list", "--project=failing", "--format", "value(name:id)")).ShouldWork().Trim();
        (await server.CairnAsync("studies", "trials", id, "--project=failing", "--format", "value(state)"))
            .ShouldWork()
            .Trim()
            .Split('\n')
            .ShouldBe(["INFEASIBLE", "INFEASIBLE"]);
    }

    [Fact]
    public async Task on_a_terminal_a_table_shows_the_trials_and_the_best_of_them()
    {
        const string script = "/usr/bin/script";
        Assert.SkipUnless(
            File.Exists(script) && File.Exists("/usr/bin/python3"),
            "The program 'script' (of util-linux) or Python is not installed."
        );
        var command =
            $"{ServerProcess.Executable} tune --project=live --metric=loss:min --param x=0..1 --trials=3 -- /usr/bin/python3 -c 'import sys; print(\"loss=\" + sys.argv[1])' {{x}}";
        var start = new ProcessStartInfo(script, ["-qefc", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["CAIRN_ENDPOINT"] = server.Process.Http;
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, output);
        output.ShouldContain("╭");
        output.ShouldContain("running");
        output.ShouldContain("3 of 3 trials, 0 running, 0 failed");
        output.ShouldContain("best");
        output.ShouldContain("Best: trial ");
    }

    [Theory]
    [InlineData("--metric", "loss", "--param", "x=0..1")]
    [InlineData("--metric", "loss:min", "--param", "x=low..high")]
    [InlineData("--metric", "loss:min", "--param", "x=int:1.5..2")]
    [InlineData("--metric", "loss:min", "--param", "y=0..1")]
    public async Task flags_that_say_nothing_are_refused(params string[] flags) =>
        (await CliRun.OfAsync(["tune", .. flags, "--", "/bin/true", "{x}"])).ShouldBeRefused(flags[1] == "loss" ? "--metric" : "param");
}
