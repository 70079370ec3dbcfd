using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class ServerCommandTests
{
    [Fact]
    public async Task it_stops_cleanly_on_SIGTERM()
    {
        await using var server = await ServerProcess.StartAsync();

        (await server.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task a_second_server_on_the_same_folder_is_refused()
    {
        await using var server = await ServerProcess.StartAsync();

        (await ProgramRun.OfAsync(null, ["server", "--data", server.Data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"])).ShouldFail(
            server.Data,
            "another server"
        );
    }

    [Fact]
    public async Task a_port_that_is_taken_is_told()
    {
        await using var server = await ServerProcess.StartAsync();
        using var scratch = new ScratchDirectory();

        (
            await ProgramRun.OfAsync(
                null,
                ["server", "--data", scratch["d"], "--http", server.Http["http://".Length..], "--grpc", "127.0.0.1:0"]
            )
        ).ShouldFail(server.Http["http://".Length..]);
    }

    [Theory]
    [InlineData("--http=nowhere", "--http", "'nowhere'")]
    [InlineData("--http=0.0.0.0:0 --authentication=off", "without authentication")]
    [InlineData("--certificate=/nowhere.pem --https=127.0.0.1:0", "--key")]
    public async Task what_cannot_be_started_is_told(string options, params string[] words)
    {
        using var scratch = new ScratchDirectory();

        (await ProgramRun.OfAsync(null, ["server", "--data", scratch["d"], "--grpc", "127.0.0.1:0", .. options.Split(' ')])).ShouldFail(
            words
        );
    }
}
