using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>From the data through a real job to a registered model, and back.</summary>
public sealed class JobLineageTests(OpenServer server) : IClassFixture<OpenServer>
{
    private const string Location = "/v1/projects/demo/locations/us-central1";

    [Fact]
    public async Task a_job_leads_from_its_data_to_the_model_that_was_registered_from_its_output()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "Debian's python3-sklearn is not installed.");
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        await PostAsync(http, "/storage/v1/b?project=demo", """{"name": "line"}""");
        using (var data = new StringContent("a,b\n1,2\n"))
        {
            (await http.PostAsync("/upload/storage/v1/b/line/o?uploadType=media&name=data.csv", data)).EnsureSuccessStatusCode();
        }

        await PostAsync(
            http,
            $"{Location}/metadataStores/default/artifacts?artifactId=table",
            """{"schemaTitle": "system.Dataset", "uri": "gs://line/data.csv"}"""
        );
        await PostAsync(
            http,
            $"{Location}/metadataStores/default/contexts?contextId=birds",
            """{"displayName": "birds", "schemaTitle": "system.Experiment"}"""
        );
        await PostAsync(
            http,
            $"{Location}/metadataStores/default/contexts?contextId=birds-one",
            """{"displayName": "one", "schemaTitle": "system.ExperimentRun", "metadata": {"_params": {}, "_metrics": {}, "_state": "RUNNING"}}"""
        );
        const string program =
            "import os; d = os.environ['AIP_MODEL_DIR'].replace('gs://', '/gcs/'); os.makedirs(d, exist_ok=True); import joblib; from sklearn.linear_model import LinearRegression; joblib.dump(LinearRegression().fit([[1], [2]], [2, 4]), d + '/model.joblib')";
        var job = await PostAsync(
            http,
            $"{Location}/customJobs",
            new JsonObject
            {
                ["displayName"] = "trainer",
                ["jobSpec"] = new JsonObject
                {
                    ["experimentRun"] = $"{Location[4..]}/metadataStores/default/contexts/birds-one",
                    ["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = "gs://line/out" },
                    ["workerPoolSpecs"] = new JsonArray(
                        new JsonObject
                        {
                            ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" },
                            ["replicaCount"] = "1",
                            ["containerSpec"] = new JsonObject
                            {
                                ["imageUri"] = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest",
                                ["command"] = new JsonArray("python3", "-c", program),
                                ["args"] = new JsonArray("--data=gs://line/data.csv"),
                            },
                        }
                    ),
                },
            }.ToJsonString()
        );
        var name = job["name"]!.GetValue<string>();
        var id = name[(name.LastIndexOf('/') + 1)..];
        var state = "";
        await Poll.UntilAsync(
            async () =>
            {
                var now = (await http.GetFromJsonAsync<JsonNode>($"/v1/{name}"))!;
                state = now["state"]!.GetValue<string>() + now["error"];
                return state is not ("JOB_STATE_QUEUED" or "JOB_STATE_PENDING" or "JOB_STATE_RUNNING");
            },
            "the job to end"
        );
        state.ShouldBe("JOB_STATE_SUCCEEDED");

        (
            await server.CairnAsync(
                "models",
                "upload",
                "--display-name=birds",
                "--model-id=birds",
                "--artifact-uri=gs://line/out/model",
                "--container-image-uri=us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest"
            )
        ).ShouldWork();
        var shown = (await server.CairnAsync("lineage", "show", $"{Location[4..]}/models/birds@1", "--upstream")).ShouldWork();
        shown.ShouldContain("cairn.ModelRegistration");
        shown.ShouldContain("gs://line/out/model");
        shown.ShouldContain($"custom-job-{id}  system.CustomJobExecution  trainer  COMPLETE");
        shown.ShouldContain("table  system.Dataset  gs://line/data.csv");
        (await server.CairnAsync("lineage", "show", "table", "--downstream"))
            .ShouldWork()
            .ShouldContain("model-birds-1  google.VertexModel");
        (await server.CairnAsync("lineage", "show", "birds-one")).ShouldWork().ShouldContain($"custom-job-{id}");
        (await server.CairnAsync("lineage", "show", name, "--format", "json")).ShouldWork().ShouldContain("model-birds-1");

        await PostAsync(http, $"{Location}/endpoints?endpointId=aviary", """{"displayName": "Aviary"}""");
        (await server.CairnAsync("endpoints", "deploy-model", "aviary", "--model=birds", "--display-name=v1")).ShouldWork();
        (await server.CairnAsync("lineage", "show", "table", "--downstream"))
            .ShouldWork()
            .ShouldContain("endpoint-aviary  google.VertexEndpoint  Aviary");
        var endpoint = (await server.CairnAsync("lineage", "show", $"{Location[4..]}/endpoints/aviary", "--upstream")).ShouldWork();
        endpoint.ShouldContain("cairn.ModelDeployment  Deploy model  RUNNING");
        endpoint.ShouldContain("table  system.Dataset  gs://line/data.csv");
        var deployed = (await server.CairnAsync("endpoints", "describe", "aviary", "--format", "json")).ShouldWork();
        await PostAsync(
            http,
            $"{Location}/endpoints/aviary:undeployModel",
            new JsonObject { ["deployedModelId"] = (string)JsonNode.Parse(deployed)!["deployedModels"]![0]!["id"]! }.ToJsonString()
        );
        (await server.CairnAsync("endpoints", "delete", "aviary")).ShouldWork();
        (await server.CairnAsync("lineage", "show", "aviary", "--upstream"))
            .ShouldWork()
            .ShouldContain("Deploy model  COMPLETE", Case.Sensitive, "what was served stays known");
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
