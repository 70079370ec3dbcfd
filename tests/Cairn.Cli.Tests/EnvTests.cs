using System.Diagnostics;
using Cairn.Cli.Commands.Env;

namespace Cairn.Cli.Tests;

public sealed class EnvTests
{
    [Fact]
    public async Task bash_reads_back_every_value_as_it_was()
    {
        var run = await CliRun.OfAsync("env", "--shell", "bash", "--project", "o'neil $(x)", "--endpoint", "http://127.0.0.1:9999/");
        var start = new ProcessStartInfo(
            "bash",
            ["--norc", "-c", run.Output + "\nprintf '%s|%s' \"$CAIRN_PROJECT\" \"$CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM\""]
        )
        {
            RedirectStandardOutput = true,
        };
        using var bash = Process.Start(start)!;

        (await bash.StandardOutput.ReadToEndAsync()).ShouldBe("o'neil $(x)|http://127.0.0.1:9999/");
    }

    [Theory]
    [InlineData("fish", "set -gx X 'a\\'b'")]
    [InlineData("powershell", "$env:X = 'a''b'")]
    [InlineData("zsh", "export X='a'\\''b'")]
    public void each_shell_quotes_in_its_own_way(string shell, string line) => Shells.Export(shell, "X", "a'b").ShouldBe(line);

    [Fact]
    public async Task gcloud_is_given_the_token()
    {
        var run = await CliRun.OfAsync("env", "--shell", "bash", "--for", "gcloud", "--token", "secret");

        run.Output.ShouldContain("export CLOUDSDK_AUTH_ACCESS_TOKEN='secret'");
        run.Output.ShouldNotContain("CLOUDSDK_AUTH_DISABLE_CREDENTIALS");
    }

    [Fact]
    public async Task mlflow_is_pointed_at_the_project_and_given_the_token()
    {
        var run = await CliRun.OfAsync(
            "env",
            "--shell",
            "bash",
            "--for",
            "mlflow",
            "--project",
            "p",
            "--region",
            "r",
            "--endpoint",
            "http://h:1",
            "--token",
            "secret"
        );

        run.Output.ShouldContain("export MLFLOW_TRACKING_URI='http://h:1/projects/p/locations/r'");
        run.Output.ShouldContain("export MLFLOW_TRACKING_TOKEN='secret'");
    }

    [Theory]
    [InlineData("python", "aiplatform.init")]
    [InlineData("node", "port: 8081")]
    [InlineData("gsutil", "gs_json_port")]
    public async Task snippets_name_the_server(string purpose, string words) =>
        (await CliRun.OfAsync("env", "--for", purpose)).Output.ShouldContain(words);
}
