namespace Cairn.Cli.Tests;

public sealed class ServerErrorTests(OpenServer server) : IClassFixture<OpenServer>
{
    [Fact]
    public async Task what_is_not_there_is_told_by_its_name() =>
        (await server.CairnAsync("operations", "describe", "nothing")).ShouldFail("NOT_FOUND", "nothing");

    [Fact]
    public async Task a_filter_that_is_wrong_is_told() =>
        (await server.CairnAsync("operations", "list", "--filter", "AND AND")).ShouldFail("INVALID_ARGUMENT");

    [Fact]
    public async Task an_empty_list_says_so_beside_the_output()
    {
        var run = await server.CairnAsync("operations", "list", "--project", "empty");

        run.ShouldWork().ShouldBeEmpty();
        run.Error.ShouldContain("Listed 0 items");
    }

    [Fact]
    public async Task every_method_is_listed_with_its_permission()
    {
        var run = await server.CairnAsync("server", "--list-methods");

        run.ShouldWork().ShouldContain("/google.cloud.aiplatform.v1.ModelService/GetModel");
        run.Output.ShouldContain(" answered");
    }

    [Fact]
    public async Task what_the_environment_turns_off_is_not_turned_on_in_silence()
    {
        var run = await ProgramRun.OfAsync(
            null,
            ["server", "--metrics"],
            new Dictionary<string, string> { ["OTEL_SDK_DISABLED"] = "true" }
        );

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("OTEL_SDK_DISABLED is true");
    }
}
