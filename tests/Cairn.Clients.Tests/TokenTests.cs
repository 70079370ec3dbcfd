using Cairn.Testing;

namespace Cairn.Clients.Tests;

/// <summary>gcloud against a server that asks for tokens, configured with nothing but what <c>cairn env</c> prints.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task gcloud_works_with_what_cairn_env_prints_and_only_with_it()
    {
        if (!ClientProgram.Exists("gcloud"))
        {
            Assert.Skip("gcloud (Google Cloud CLI) is not installed.");
        }

        await using var server = await ServerProcess.StartAsync(arguments: ["--authentication", "on"]);
        using var files = new ScratchDirectory();
        var home = new Dictionary<string, string> { ["HOME"] = files.Path };
        var cairn = new ClientProgram(ServerProcess.Executable, home, files.Path);
        var token = await cairn.RunAsync("tokens", "create", "ada", "--role=editor", "--only-project=demo", "--data", server.Data);

        var gcloud = new ClientProgram(
            "gcloud",
            new Dictionary<string, string>(home.Concat(await ExportsAsync(cairn, server, token))),
            files.Path
        );
        await gcloud.RunAsync("storage", "buckets", "create", "gs://with-a-token");
        await File.WriteAllTextAsync(files["a.txt"], "kept");
        await gcloud.RunAsync("storage", "cp", files["a.txt"], "gs://with-a-token/a.txt");
        (await gcloud.RunAsync("storage", "cat", "gs://with-a-token/a.txt")).ShouldBe("kept");
        await gcloud.RunAsync("ai", "endpoints", "create", "--display-name=e", "--endpoint-id=e1");
        (await gcloud.RunAsync("ai", "endpoints", "list", "--format=value(displayName)")).ShouldBe("e");
        await gcloud.RunAsync("logging", "read", "resource.type=ml_job", "--format=value(timestamp)");
        (await gcloud.FailAsync("ai", "endpoints", "list", "--project=other")).ShouldContain("limited to project 'demo'");

        var stranger = new ClientProgram(
            "gcloud",
            new Dictionary<string, string>(home.Concat(await ExportsAsync(cairn, server, "cairn_unknown"))),
            files.Path
        );
        (await stranger.FailAsync("ai", "endpoints", "list")).ShouldContain("not known here");
    }

    /// <summary>The variables that <c>eval "$(cairn env)"</c> sets, read from what a shell makes of it.</summary>
    private static async Task<Dictionary<string, string>> ExportsAsync(ClientProgram cairn, ServerProcess server, string token)
    {
        var script = await cairn.RunAsync("env", "--shell=bash", $"--endpoint={server.Http}", $"--grpc={server.Grpc}", $"--token={token}");
        var bash = new ClientProgram("bash", new Dictionary<string, string>(), "/");
        var after = await bash.RunAsync("--norc", "-c", script + "\nenv -0 | tr '\\0' '\\n'");
        var names = script
            .Split('\n')
            .Where(static line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(static line => line["export ".Length..line.IndexOf('=')])
            .ToHashSet();
        return after
            .Split('\n')
            .Select(static line => line.Split('=', 2))
            .Where(pair => pair.Length == 2 && names.Contains(pair[0]))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);
    }
}
