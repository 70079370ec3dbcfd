using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Cli.Provenance;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>A job that is created in a git work tree knows which source it was submitted from.</summary>
public sealed class SourceTests(OpenServer server) : IClassFixture<OpenServer>
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    [Fact]
    public async Task the_commit_the_changes_and_the_untracked_files_are_kept_with_the_run()
    {
        using var scratch = await RepositoryAsync();
        await File.WriteAllBytesAsync(scratch["repo/train.py"], [.. "print(2)  # "u8, 0xe9, (byte)'\n']);
        await File.WriteAllTextAsync(scratch["repo/notes.txt"], "mine");
        await File.WriteAllTextAsync(scratch["repo/secret.key"], "ignored");
        Directory.CreateDirectory(scratch["repo/sub"]);

        var job = await CreateAsync(scratch["repo/sub"]);

        var run = await RunAsync(job);
        var tags = run["data"]!["tags"]!.AsArray().ToDictionary(tag => (string)tag!["key"]!, tag => (string)tag!["value"]!);
        tags["mlflow.source.git.commit"].ShouldBe(await GitAsync(scratch["repo"], "rev-parse", "HEAD"));
        tags["mlflow.source.git.branch"].ShouldBe("feature/x");
        tags["mlflow.source.git.repoURL"].ShouldBe("https://example.com/team/repo.git");
        tags["cairn.git.dirty"].ShouldBe("true");
        tags["mlflow.user"].ShouldBe(Environment.UserName);
        (await ArtifactAsync(run, "git/untracked.txt")).ShouldBe("notes.txt\n"u8.ToArray());

        await File.WriteAllBytesAsync(scratch["diff.patch"], await ArtifactAsync(run, "git/diff.patch"));
        await GitAsync(scratch["repo"], "checkout", "--quiet", "--", "train.py");
        await GitAsync(scratch["repo"], "apply", scratch["diff.patch"]);
        (await File.ReadAllBytesAsync(scratch["repo/train.py"])).ShouldBe([.. "print(2)  # "u8, 0xe9, (byte)'\n']);
    }

    [Fact]
    public async Task a_clean_work_tree_has_no_diff_and_no_source_keeps_nothing()
    {
        using var scratch = await RepositoryAsync();

        var clean = await RunAsync(await CreateAsync(scratch["repo"]));
        Tag(clean, "cairn.git.dirty").ShouldBe("false");
        Tag(await RunAsync(await CreateAsync(scratch["repo"], "--no-source")), "mlflow.source.git.commit").ShouldBeNull();
        Tag(await RunAsync(await CreateAsync(scratch.Path)), "mlflow.source.git.commit").ShouldBeNull();
    }

    [Fact]
    public async Task without_git_a_job_is_created_all_the_same()
    {
        using var scratch = await RepositoryAsync();
        var run = await ProgramRun.OfAsync(
            server.Process,
            [
                "custom-jobs",
                "create",
                "--display-name=plain",
                $"--worker-pool-spec=container-image-uri={Image}",
                "--command=true",
                "--format",
                "json",
            ],
            new Dictionary<string, string> { ["PATH"] = scratch.Path },
            scratch["repo"]
        );

        Tag(await RunAsync(JsonNode.Parse(run.ShouldWork())!), "mlflow.source.git.commit").ShouldBeNull();
    }

    [Theory]
    [InlineData("https://ada:token@example.com/r.git", "https://example.com/r.git")]
    [InlineData("https://token@example.com:8443/r.git", "https://example.com:8443/r.git")]
    [InlineData("ssh://git:pw@example.com/r.git", "ssh://git@example.com/r.git")]
    [InlineData("git@example.com:team/r.git", "git@example.com:team/r.git")]
    [InlineData("/srv/repos/r.git", "/srv/repos/r.git")]
    public void the_address_of_a_repository_is_kept_without_its_password(string address, string kept) =>
        SourceState.Public(address).ShouldBe(kept);

    [Fact]
    public async Task a_diff_that_is_too_long_is_not_cut_but_left_out()
    {
        using var scratch = await RepositoryAsync();
        await File.WriteAllTextAsync(
            scratch["repo/train.py"],
            string.Concat(Enumerable.Range(0, 400_000).Select(static line => $"{line}\n"))
        );

        var state = (await SourceState.OfAsync(scratch["repo"], CancellationToken.None)).ShouldNotBeNull();

        state.Diff.ShouldBeNull();
        state.IsDirty.ShouldBeTrue();
    }

    private static string? Tag(JsonNode run, string key) =>
        (string?)run["data"]!["tags"]!.AsArray().FirstOrDefault(tag => (string)tag!["key"]! == key)?["value"];

    private static async Task<ScratchDirectory> RepositoryAsync()
    {
        var scratch = new ScratchDirectory();
        Directory.CreateDirectory(scratch["repo"]);
        await File.WriteAllTextAsync(scratch["repo/train.py"], "print(1)\n");
        await File.WriteAllTextAsync(scratch["repo/.gitignore"], "*.key\n");
        await GitAsync(scratch["repo"], "init", "--quiet", "--initial-branch=feature/x");
        await GitAsync(scratch["repo"], "remote", "add", "origin", "https://ada:hush@example.com/team/repo.git");
        await GitAsync(scratch["repo"], "add", ".");
        await GitAsync(scratch["repo"], "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "first");
        return scratch;
    }

    private static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("git is not installed.");
            throw;
        }

        using (process)
        {
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            return output.Trim();
        }
    }

    private async Task<JsonNode> CreateAsync(string folder, params string[] more) =>
        JsonNode.Parse(
            (
                await ProgramRun.OfAsync(
                    server.Process,
                    [
                        "custom-jobs",
                        "create",
                        "--display-name=from-source",
                        $"--worker-pool-spec=container-image-uri={Image}",
                        "--command=true",
                        "--format",
                        "json",
                        .. more,
                    ],
                    workingDirectory: folder
                )
            ).ShouldWork()
        )!;

    private async Task<JsonNode> RunAsync(JsonNode job)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Assert.Skip("Debian's python3-sklearn is not installed.");
        }

        using var http = new HttpClient();
        return JsonNode.Parse(
            await http.GetStringAsync($"{server.Process.Http}/api/2.0/mlflow/runs/get?run_id={(string)job["labels"]!["cairn-run"]!}")
        )!["run"]!;
    }

    private async Task<byte[]> ArtifactAsync(JsonNode run, string path)
    {
        using var http = new HttpClient();
        return await http.GetByteArrayAsync(
            $"{server.Process.Http}/get-artifact?run_id={(string)run["info"]!["run_id"]!}&path={Uri.EscapeDataString(path)}"
        );
    }
}
