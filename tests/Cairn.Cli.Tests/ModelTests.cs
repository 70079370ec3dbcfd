using System.Text.Json.Nodes;

namespace Cairn.Cli.Tests;

public sealed class ModelTests(OpenServer server) : IClassFixture<OpenServer>
{
    // A container of one's own needs no files of a model.
    private const string Image = "localhost/server:latest";

    [Fact]
    public async Task a_model_is_uploaded_listed_changed_versioned_and_deleted()
    {
        (
            await server.CairnAsync(
                "models",
                "upload",
                "--display-name=one",
                "--model-id=m1",
                $"--container-image-uri={Image}",
                "--labels=team=birds",
                "--version-aliases=first"
            )
        ).ShouldWork();
        (
            await server.CairnAsync("models", "upload", "--display-name=one", "--parent-model=m1", $"--container-image-uri={Image}")
        ).ShouldWork();

        (await server.CairnAsync("models", "list", "--filter", "labels.team=\"birds\"", "--format", "value(name:id)"))
            .ShouldWork()
            .ShouldBe("m1\n");
        (await server.CairnAsync("models", "list", "--filter", "labels.team=\"cats\"")).ShouldWork().ShouldBeEmpty();
        (await server.CairnAsync("models", "update", "m1", "--description=what it is for")).ShouldWork();
        JsonNode.Parse((await server.CairnAsync("models", "describe", "m1", "--format=json")).ShouldWork())!["description"]!
            .GetValue<string>()
            .ShouldBe("what it is for");

        (await server.CairnAsync("models", "versions", "list", "m1", "--format", "value(versionId)"))
            .ShouldWork()
            .Trim()
            .Split('\n')
            .ShouldBe(["1", "2"], ignoreOrder: true);
        (await server.CairnAsync("models", "versions", "set-aliases", "m1@2", "--add=champion")).ShouldWork();
        (await server.CairnAsync("models", "describe", "m1@champion", "--format", "value(versionId)")).ShouldWork().ShouldBe("2\n");

        (await server.CairnAsync("models", "delete", "m1")).ShouldWork();
        (await server.CairnAsync("models", "describe", "m1")).ShouldFail("NOT_FOUND", "m1");
    }

    [Fact]
    public async Task pages_are_walked_to_the_limit()
    {
        for (var i = 0; i < 5; i++)
        {
            (
                await server.CairnAsync("models", "upload", $"--display-name=p{i}", $"--container-image-uri={Image}", "--project=pages")
            ).ShouldWork();
        }

        (await ListAsync("--page-size=2")).Length.ShouldBe(5);
        (await ListAsync("--page-size=2", "--limit=3")).Length.ShouldBe(3);
        (await ListAsync("--limit=4")).Length.ShouldBe(4);
    }

    [Fact]
    public async Task an_endpoint_is_made_changed_and_deleted()
    {
        (await server.CairnAsync("endpoints", "create", "--display-name=e", "--endpoint-id=e1")).ShouldWork();
        (await server.CairnAsync("endpoints", "update", "e1", "--display-name=renamed")).ShouldWork();
        (await server.CairnAsync("endpoints", "list", "--format", "value(displayName)")).ShouldWork().ShouldBe("renamed\n");
        (await server.CairnAsync("endpoints", "deploy-model", "e1", "--model=none", "--display-name=d")).Code.ShouldBe(1);
        (await server.CairnAsync("endpoints", "delete", "e1")).ShouldWork();
    }

    private async Task<string[]> ListAsync(params string[] options) =>
        (await server.CairnAsync(["models", "list", "--project=pages", "--format", "value(name)", .. options]))
            .ShouldWork()
            .Trim()
            .Split('\n');
}
