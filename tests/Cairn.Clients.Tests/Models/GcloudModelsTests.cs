using System.Text.Json.Nodes;

namespace Cairn.Clients.Tests.Models;

public sealed class GcloudModelsTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    private const string Region = "--region=us-central1";

    [Fact]
    public async Task a_model_is_uploaded_deployed_asked_and_taken_away()
    {
        var gcloud = server.Gcloud();
        await File.WriteAllTextAsync(server.Files["request.json"], """{"instances": [[1, 1, 1]]}""");
        string[] upload =
        [
            "ai",
            "models",
            "upload",
            Region,
            "--display-name=linear",
            "--artifact-uri=gs://models-demo/linear",
            "--container-image-uri=cairn/onnx:latest",
        ];
        await gcloud.RunAsync([.. upload, "--model-id=linear", "--version-aliases=blue"]);
        await gcloud.RunAsync([
            .. upload,
            "--parent-model=projects/demo/locations/us-central1/models/linear",
            "--version-description=second",
        ]);

        (await gcloud.RunAsync("ai", "models", "list", Region, "--format=value(displayName)")).ShouldBe("linear");
        (await gcloud.RunAsync("ai", "models", "list-version", "linear", Region, "--format=value(versionId)"))
            .Split('\n')
            .Order()
            .ShouldBe(["1", "2"]);
        var described = JsonNode.Parse(await gcloud.RunAsync("ai", "models", "describe", "linear@blue", Region, "--format=json"))!;
        described["versionId"]!.GetValue<string>().ShouldBe("1");
        await gcloud.RunAsync(
            "ai",
            "models",
            "copy",
            Region,
            "--source-model=projects/demo/locations/us-central1/models/linear",
            "--destination-model-id=copied"
        );
        await gcloud.RunAsync("ai", "models", "delete-version", "linear@2", Region);

        await gcloud.RunAsync("ai", "endpoints", "create", Region, "--display-name=e", "--endpoint-id=e1");
        (
            await gcloud.FailAsync(
                "ai",
                "endpoints",
                "deploy-model",
                "e1",
                Region,
                "--model=linear",
                "--display-name=d",
                "--traffic-split=0=90"
            )
        ).ShouldContain("sums to 90");
        await gcloud.RunAsync(
            "ai",
            "endpoints",
            "deploy-model",
            "e1",
            Region,
            "--model=linear",
            "--display-name=d",
            "--traffic-split=0=100"
        );
        (
            await gcloud.RunAsync(
                "ai",
                "endpoints",
                "predict",
                "e1",
                Region,
                $"--json-request={server.Files["request.json"]}",
                "--format=json"
            )
        ).ShouldContain("6.5");
        (await gcloud.RunAsync("ai", "endpoints", "raw-predict", "e1", Region, $"--request=@{server.Files["request.json"]}")).ShouldBe(
            """{"predictions":[[6.5]]}"""
        );
        await gcloud.RunAsync("ai", "endpoints", "update", "e1", Region, "--display-name=renamed");
        (await gcloud.RunAsync("ai", "endpoints", "list", Region, "--format=value(displayName)")).ShouldBe("renamed");
        (await gcloud.FailAsync("ai", "models", "delete", "linear", Region)).ShouldContain("is deployed to");

        var id = await gcloud.RunAsync("ai", "endpoints", "describe", "e1", Region, "--format=value(deployedModels[0].id)");
        await gcloud.RunAsync("ai", "endpoints", "undeploy-model", "e1", Region, $"--deployed-model-id={id}");
        await gcloud.RunAsync("ai", "endpoints", "delete", "e1", Region);
        await gcloud.RunAsync("ai", "models", "delete", "linear", Region);
        (await gcloud.FailAsync("ai", "models", "describe", "linear", Region)).ShouldContain("models/linear");
    }
}
