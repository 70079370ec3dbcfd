using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class TokenTests
{
    [Fact]
    public async Task the_first_token_is_made_in_the_store_and_opens_a_server_that_asks_for_one()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--authentication", "on"]);

        (await ProgramRun.OfAsync(server, ["operations", "list"])).ShouldFail("UNAUTHENTICATED", "cairn tokens create");
        (await As(server, "cairn_not-a-token", "operations", "list")).ShouldFail("UNAUTHENTICATED");

        var admin = (await ProgramRun.OfAsync(null, ["tokens", "create", "ada", "--role", "admin", "--data", server.Data]))
            .ShouldWork()
            .Trim();
        var robot = (await As(server, admin, "tokens", "create", "robot", "--only-project", "demo", "--ttl", "1h")).ShouldWork().Trim();

        (await As(server, robot, "operations", "list")).ShouldWork();
        (await As(server, robot, "operations", "list", "--project", "other")).ShouldFail("PERMISSION_DENIED", "other");
        (await As(server, robot, "tokens", "list")).ShouldFail("PERMISSION_DENIED");

        var id = (await As(server, admin, "tokens", "list", "--format", "value(id,subject)"))
            .ShouldWork()
            .Split('\n')
            .Single(l => l.EndsWith("\tuser:robot", StringComparison.Ordinal))
            .Split('\t')[0];
        (await As(server, admin, "tokens", "revoke", id)).ShouldWork();
        (await As(server, robot, "operations", "list")).ShouldFail("UNAUTHENTICATED");
        (await As(server, admin, "tokens", "revoke", id)).ShouldFail("NOT_FOUND", id);
    }

    [Fact]
    public async Task a_role_that_there_is_not_is_told_with_those_that_there_are()
    {
        using var scratch = new ScratchDirectory();

        (await ProgramRun.OfAsync(null, ["tokens", "create", "ada", "--role", "king", "--data", scratch.Path])).ShouldFail(
            "'king'",
            "admin, editor, viewer"
        );
        (await ProgramRun.OfAsync(null, ["tokens", "create", "ada", "--data", scratch["missing"]])).ShouldFail("missing");
    }

    private static Task<ProgramRun> As(ServerProcess server, string token, params string[] args) =>
        ProgramRun.OfAsync(server, args, new Dictionary<string, string> { ["CAIRN_TOKEN"] = token });
}
