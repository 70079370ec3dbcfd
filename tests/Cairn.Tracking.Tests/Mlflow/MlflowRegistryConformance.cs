using System.Net;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Registered models through MLflow's calls, and the same models through Vertex's.</summary>
public abstract class MlflowRegistryConformance(MlflowServer server) : IDisposable
{
    private const string Location = "//v1/projects/demo/locations/us-central1";

    private readonly MlflowClient _mlflow = new(server.Process.Http);

    public void Dispose()
    {
        _mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_model_of_a_run_is_registered_and_vertex_lists_it()
    {
        var name = "Penguin Model " + Guid.NewGuid().ToString("N")[..6];
        (
            (string)
                (
                    await _mlflow.Post(
                        "mlflow/registered-models/create",
                        new
                        {
                            name,
                            description = "about",
                            tags = new[] { new { key = "team", value = "a" } },
                        }
                    )
                )["registered_model"]!["name"]!
        ).ShouldBe(name);
        (await _mlflow.Refused(HttpMethod.Post, "mlflow/registered-models/create", new { name })).Code.ShouldBe("RESOURCE_ALREADY_EXISTS");
        var (run, source) = await RunWithModel();
        var version = (
            await _mlflow.Post(
                "mlflow/model-versions/create",
                new
                {
                    name,
                    source,
                    run_id = run,
                }
            )
        )["model_version"]!;
        ((string)version["version"]!).ShouldBe("1");
        ((string)version["status"]!).ShouldBe("READY");
        ((string)version["current_stage"]!).ShouldBe("None");
        ((string)version["run_id"]!).ShouldBe(run);
        (
            (string)
                (
                    await _mlflow.Post(
                        "mlflow/model-versions/create",
                        new
                        {
                            name,
                            source = $"runs:/{run}/model",
                            run_id = run,
                        }
                    )
                )["model_version"]!["version"]!
        ).ShouldBe("2");
        ((string)(await _mlflow.Get("mlflow/model-versions/get-download-uri", ("name", name), ("version", "2")))["artifact_uri"]!).ShouldBe(
            source
        );
        using (
            var file = await _mlflow.Send(
                HttpMethod.Get,
                MlflowClient.Query("//model-versions/get-artifact", [("name", name), ("version", "2"), ("path", "MLmodel")]),
                null
            )
        )
        {
            (await file.Content.ReadAsStringAsync()).ShouldContain("sklearn");
        }

        (
            await _mlflow.Refused(
                HttpMethod.Get,
                MlflowClient.Query("//model-versions/get-artifact", [("name", name), ("version", "2"), ("path", "../x")]),
                null
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");

        var listed = (await Vertex($"{Location}/models?filter={Uri.EscapeDataString($"display_name=\"{name}\"")}"))["models"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        ((string)listed["artifactUri"]!).ShouldStartWith("gs://demo-mlflow-artifacts/");
        ((string)listed["containerSpec"]!["imageUri"]!).ShouldContain("sklearn");
        ((string)listed["description"]!).ShouldBe("about");
        (await Vertex($"//v1/{listed["name"]}:listVersions"))["models"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task stages_aliases_tags_and_searches_follow_mlflow()
    {
        var name = "m-" + Guid.NewGuid().ToString("N");
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        var (run, source) = await RunWithModel();
        for (var i = 0; i < 3; i++)
        {
            await _mlflow.Post(
                "mlflow/model-versions/create",
                new
                {
                    name,
                    source,
                    run_id = run,
                    tags = new[] { new { key = "n", value = $"{i}" } },
                }
            );
        }

        await _mlflow.Post(
            "mlflow/model-versions/transition-stage",
            new
            {
                name,
                version = "1",
                stage = "Production",
                archive_existing_versions = false,
            }
        );
        await _mlflow.Post(
            "mlflow/model-versions/transition-stage",
            new
            {
                name,
                version = "2",
                stage = "production",
                archive_existing_versions = true,
            }
        );
        (await Version(name, "1"))["current_stage"]!.GetValue<string>().ShouldBe("Archived");
        var latest = (await _mlflow.Post("mlflow/registered-models/get-latest-versions", new { name, stages = new[] { "Production" } }))[
            "model_versions"
        ]!.AsArray();
        ((string)latest.ShouldHaveSingleItem()!["version"]!).ShouldBe("2");
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/model-versions/transition-stage",
                new
                {
                    name,
                    version = "2",
                    stage = "Nowhere",
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");

        await _mlflow.Post(
            "mlflow/registered-models/alias",
            new
            {
                name,
                alias = "champion",
                version = "1",
            }
        );
        await _mlflow.Post(
            "mlflow/registered-models/alias",
            new
            {
                name,
                alias = "champion",
                version = "3",
            }
        );
        (
            (string)
                (await _mlflow.Get("mlflow/registered-models/alias", ("name", name), ("alias", "champion")))["model_version"]!["version"]!
        ).ShouldBe("3");
        (await Version(name, "3"))["aliases"]!.ToJsonString().ShouldBe("[\"champion\"]");
        using (var gone = await _mlflow.Send(HttpMethod.Delete, $"mlflow/registered-models/alias?name={name}&alias=champion", null))
        {
            gone.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/registered-models/alias?name={name}&alias=champion", null)).Code.ShouldBe(
            "INVALID_PARAMETER_VALUE"
        );
        var found = (await _mlflow.Get("mlflow/model-versions/search", ("filter", $"name='{name}' and tags.n = '1'")))[
            "model_versions"
        ]!.AsArray();
        ((string)found.ShouldHaveSingleItem()!["version"]!).ShouldBe("2");
        (await _mlflow.Get("mlflow/model-versions/search", ("filter", $"run_id='{run}'"), ("max_results", "2")))["next_page_token"]
            .ShouldNotBeNull();
        await _mlflow.Post(
            "mlflow/registered-models/set-tag",
            new
            {
                name,
                key = "owner",
                value = "ada",
            }
        );
        var models = (await _mlflow.Get("mlflow/registered-models/search", ("filter", $"name LIKE 'm-%' and tags.owner = 'ada'")))[
            "registered_models"
        ]!.AsArray();
        ((string)models.Single(model => (string)model!["name"]! == name)!["tags"]![0]!["value"]!).ShouldBe("ada");
    }

    [Fact]
    public async Task versions_and_models_are_deleted_whichever_is_the_default()
    {
        var name = "d-" + Guid.NewGuid().ToString("N");
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        var (run, source) = await RunWithModel();
        await _mlflow.Post(
            "mlflow/model-versions/create",
            new
            {
                name,
                source,
                run_id = run,
            }
        );
        await _mlflow.Post(
            "mlflow/model-versions/create",
            new
            {
                name,
                source,
                run_id = run,
            }
        );
        foreach (var version in (string[])["1", "2"])
        {
            using var deleted = await _mlflow.Send(
                HttpMethod.Delete,
                "mlflow/model-versions/delete",
                System.Net.Http.Json.JsonContent.Create(new { name, version })
            );
            deleted.StatusCode.ShouldBe(HttpStatusCode.OK, await deleted.Content.ReadAsStringAsync());
        }

        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/model-versions/get?name={name}&version=2", null)).Code.ShouldBe(
            "RESOURCE_DOES_NOT_EXIST"
        );
        (await _mlflow.Get("mlflow/registered-models/get", ("name", name)))["registered_model"]!["latest_versions"]!
            .AsArray()
            .ShouldBeEmpty();
        await _mlflow.Post(
            "mlflow/model-versions/create",
            new
            {
                name,
                source,
                run_id = run,
            }
        );
        await _mlflow.Post("mlflow/registered-models/rename", new { name, new_name = name + "-new" });
        (await Vertex($"{Location}/models?filter={Uri.EscapeDataString($"display_name=\"{name}-new\"")}"))["models"]!
            .AsArray()
            .Count.ShouldBe(1);
        using var all = await _mlflow.Send(
            HttpMethod.Delete,
            "mlflow/registered-models/delete",
            System.Net.Http.Json.JsonContent.Create(new { name = name + "-new" })
        );
        all.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Vertex($"{Location}/models?filter={Uri.EscapeDataString($"display_name=\"{name}-new\"")}"))["models"].ShouldBeNull();
    }

    [Fact]
    public async Task a_model_uploaded_through_vertex_is_registered_for_mlflow()
    {
        var name = "vertex-" + Guid.NewGuid().ToString("N")[..8];
        using var uploaded = await _mlflow.Send(
            HttpMethod.Post,
            $"{Location}/models:upload",
            System.Net.Http.Json.JsonContent.Create(
                new { model = new { displayName = name, containerSpec = new { imageUri = "example.com/serve:1" } } }
            )
        );
        uploaded.StatusCode.ShouldBe(HttpStatusCode.OK, await uploaded.Content.ReadAsStringAsync());
        var model = (await _mlflow.Get("mlflow/registered-models/get", ("name", name)))["registered_model"]!;
        ((string)model["latest_versions"]![0]!["version"]!).ShouldBe("1");
    }

    [Theory]
    [InlineData("/home/ada/model")]
    [InlineData("file:///etc")]
    public async Task a_path_of_some_machine_is_no_source(string source)
    {
        var name = "p-" + Guid.NewGuid().ToString("N");
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        var refused = await _mlflow.Refused(HttpMethod.Post, "mlflow/model-versions/create", new { name, source });
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"));
        refused.Message.ShouldContain("Invalid model version source");
    }

    private async Task<(string Run, string Source)> RunWithModel()
    {
        var run = (string)(await _mlflow.Post("mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
        foreach (
            var (file, text) in new[]
            {
                ("MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n  sklearn:\n    pickled_model: model.pkl\n"),
                ("model.pkl", "not read by the server"),
            }
        )
        {
            using var put = await _mlflow.Send(
                HttpMethod.Put,
                $"mlflow-artifacts/artifacts/0/{run}/artifacts/model/{file}",
                new StringContent(text)
            );
            put.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        return (run, $"mlflow-artifacts:/0/{run}/artifacts/model");
    }

    private async Task<JsonNode> Version(string name, string version) =>
        (await _mlflow.Get("mlflow/model-versions/get", ("name", name), ("version", version)))["model_version"]!;

    private async Task<JsonObject> Vertex(string path)
    {
        using var response = await _mlflow.Send(HttpMethod.Get, path, null);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}

public sealed class MlflowRegistryOnSqlite(SqliteMlflowServer server)
    : MlflowRegistryConformance(server),
        IClassFixture<SqliteMlflowServer>;

public sealed class MlflowRegistryOnPostgreSql(PostgresMlflowServer server)
    : MlflowRegistryConformance(server),
        IClassFixture<PostgresMlflowServer>;
