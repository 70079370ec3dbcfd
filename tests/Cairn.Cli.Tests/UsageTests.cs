using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("modls", "'modls'")]
    [InlineData("models", "Required command")]
    [InlineData("models frobnicate", "'frobnicate'", "cairn models --help")]
    [InlineData("custom-jobs create", "--display-name")]
    [InlineData("custom-jobs create --display-name=x", "--worker-pool-spec", "--config")]
    [InlineData("custom-jobs create --display-name=x --worker-pool-spec=machine-type=n1-standard-4", "container-image-uri")]
    [InlineData("custom-jobs create --display-name=x --worker-pool-spec=colour=red", "'colour'")]
    [InlineData("custom-jobs create --display-name=x --worker-pool-spec=container-image-uri=i,replica-count=many", "replica-count=many")]
    [InlineData("custom-jobs create --display-name=x --config=/nowhere.yaml", "/nowhere.yaml")]
    [InlineData("models list --limit=0", "--limit is 0")]
    [InlineData("models list --limit=many", "many")]
    [InlineData("models list --format=xml", "'xml'")]
    [InlineData("models describe a/b", "'a/b'")]
    [InlineData("models update m", "Nothing to change")]
    [InlineData("models upload --display-name=x --container-image-uri=i --labels=team", "'team'")]
    [InlineData("endpoints predict e --json-request=/nowhere.json", "/nowhere.json")]
    [InlineData("storage ls gs:/x", "'gs:/x'")]
    [InlineData("storage cp a b", "gs://")]
    [InlineData("env --shell=csh", "csh")]
    public async Task a_wrong_command_is_refused_with_one_sentence_and_code_2(string command, params string[] words) =>
        (await CliRun.OfAsync(command.Split(' '))).ShouldBeRefused(words);

    [Fact]
    public async Task an_unreachable_server_is_told_with_the_way_to_start_one()
    {
        var run = await CliRun.OfAsync("models", "list", "--endpoint", "http://127.0.0.1:1");

        run.Code.ShouldBe(ExitCode.Failed);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("No server answers at http://127.0.0.1:1");
        run.Error.ShouldContain("cairn server");
    }

    [Fact]
    public async Task an_endpoint_that_is_no_address_is_told()
    {
        var run = await CliRun.OfAsync("models", "list", "--endpoint", "not an address");

        run.Code.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("'not an address'");
    }

    [Theory]
    [InlineData("cairn ", "models")]
    [InlineData("cairn models ", "list")]
    [InlineData("cairn models list --fo", "--format")]
    [InlineData("cairn env --shell ", "fish")]
    [InlineData("cairn models list --format ", "yaml")]
    public async Task completion_offers_what_may_follow(string line, string word)
    {
        var run = await CliRun.OfAsync($"[suggest:{line.Length}]", line);

        run.Code.ShouldBe(ExitCode.Ok);
        run.Output.Split('\n').ShouldContain(word);
    }

    [Fact]
    public async Task every_command_has_help()
    {
        var commands = new Queue<(System.CommandLine.Command Command, string[] Path)>([(Shell.Cli.Create(), [])]);
        while (commands.TryDequeue(out var next))
        {
            var run = await CliRun.OfAsync([.. next.Path, "--help"]);
            run.Code.ShouldBe(ExitCode.Ok);
            run.Output.ShouldContain(next.Command.Description!);
            foreach (var child in next.Command.Subcommands)
            {
                child.Description.ShouldNotBeNullOrWhiteSpace();
                commands.Enqueue((child, [.. next.Path, child.Name]));
            }
        }
    }
}
