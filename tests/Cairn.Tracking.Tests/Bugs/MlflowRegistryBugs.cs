using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>What clients of MLflow's registry do, and was answered wrong once.</summary>
public abstract class MlflowRegistryBugs(MlflowServer server) : IDisposable
{
    private readonly MlflowClient _mlflow = new(server.Process.Http);

    public void Dispose()
    {
        _mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_logged_model_and_a_version_are_registered_by_their_addresses_and_the_model_says_so()
    {
        var (first, second) = (await Registered(), await Registered());
        var run = await Run();
        var id = (string)
            (
                await _mlflow.Post(
                    "mlflow/logged-models",
                    new
                    {
                        experiment_id = "0",
                        name = "net",
                        source_run_id = run,
                    }
                )
            )["model"]!["info"]!["model_id"]!;
        await Put($"0/models/{id}/artifacts/MLmodel", "flavors: {}");
        var version = (
            await _mlflow.Post(
                "mlflow/model-versions/create",
                new
                {
                    name = first,
                    source = $"models:/{id}",
                    model_id = id,
                }
            )
        )["model_version"]!;
        ((string)version["source"]!, (string)version["model_id"]!, (string)version["run_id"]!).ShouldBe(($"models:/{id}", id, run));
        (await DownloadUri(first, "1")).ShouldBe($"mlflow-artifacts:/0/models/{id}/artifacts");

        await _mlflow.Post(
            "mlflow/registered-models/alias",
            new
            {
                name = first,
                alias = "best",
                version = "1",
            }
        );
        foreach (var source in (string[])[$"models:/{first}/1", $"models:/{first}@best", $"models:/{first}/latest"])
        {
            var copy = (
                await _mlflow.Post(
                    "mlflow/model-versions/create",
                    new
                    {
                        name = second,
                        source,
                        model_id = id,
                        run_id = run,
                    }
                )
            )["model_version"]!;
            ((string)copy["source"]!, (string)copy["model_id"]!).ShouldBe((source, id));
            (await DownloadUri(second, (string)copy["version"]!)).ShouldBe($"mlflow-artifacts:/0/models/{id}/artifacts");
        }

        using (
            var file = await _mlflow.Send(
                HttpMethod.Get,
                MlflowClient.Query("//model-versions/get-artifact", [("name", second), ("version", "1"), ("path", "MLmodel")]),
                null
            )
        )
        {
            (await file.Content.ReadAsStringAsync()).ShouldBe("flavors: {}");
        }

        var tags = (await _mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["info"]!["tags"]!.AsArray();
        var list = JsonNode.Parse((string)tags.Single(static tag => (string)tag!["key"]! == "mlflow.modelVersions")!["value"]!)!.AsArray();
        list.Select(static item => ((string)item!["name"]!, (int)item["version"]!))
            .ShouldBe([(first, 1), (second, 1), (second, 2), (second, 3)]);
        foreach (
            var source in (string[])["models:/none-of-this-name/1", $"models:/{first}/7", "models:/m-00000000000000000000000000000000"]
        )
        {
            (await _mlflow.Refused(HttpMethod.Post, "mlflow/model-versions/create", new { name = second, source })).Code.ShouldBe(
                "RESOURCE_DOES_NOT_EXIST"
            );
        }

        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/model-versions/create",
                new { name = second, source = $"mlflow-artifacts:/0/../{run}" }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
    }

    [Fact]
    public async Task aliases_are_named_as_in_mlflow()
    {
        var name = await Registered(versions: 2);
        string[] names = ["A", "Champion", "prod_v2", "-x", "1", "2nd", "default", "é", new('a', 255)];
        foreach (var alias in names)
        {
            await _mlflow.Post(
                "mlflow/registered-models/alias",
                new
                {
                    name,
                    alias,
                    version = "1",
                }
            );
            (
                (string)
                    (await _mlflow.Get("mlflow/registered-models/alias", ("name", name), ("alias", alias)))["model_version"]!["version"]!
            ).ShouldBe("1", alias);
        }

        (await Aliases(name)).ShouldBe(names.Order(StringComparer.Ordinal));
        (
            (string)(await _mlflow.Get("mlflow/registered-models/alias", ("name", name), ("alias", "Latest")))["model_version"]!["version"]!
        ).ShouldBe("2");
        foreach (var alias in (string[])["latest", "LATEST", "v1", "V12", "a.b", "a b", "a/b", new('a', 256)])
        {
            (
                await _mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/registered-models/alias",
                    new
                    {
                        name,
                        alias,
                        version = "1",
                    }
                )
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE", alias);
        }

        foreach (var alias in names)
        {
            using var answer = await _mlflow.Send(
                HttpMethod.Delete,
                MlflowClient.Query("mlflow/registered-models/alias", [("name", name), ("alias", alias)]),
                null
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, alias);
        }

        (await Aliases(name)).ShouldBeEmpty();
        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/registered-models/alias?name={name}&alias=A", null)).Message.ShouldContain(
            "alias A not found"
        );
    }

    [Fact]
    public async Task a_name_of_256_characters_has_versions_and_another_name()
    {
        var name = Guid.NewGuid().ToString("N") + new string('n', 210) + string.Concat(Enumerable.Repeat("\U0001F426", 14));
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        await _mlflow.Post("mlflow/model-versions/create", new { name, source = $"runs:/{await Run()}/model" });
        var renamed = new string('m', 224) + Guid.NewGuid().ToString("N");
        (
            (string)(await _mlflow.Post("mlflow/registered-models/rename", new { name, new_name = renamed }))["registered_model"]!["name"]!
        ).ShouldBe(renamed);
        ((string)(await _mlflow.Get("mlflow/model-versions/get", ("name", renamed), ("version", "1")))["model_version"]!["name"]!).ShouldBe(
            renamed
        );
        foreach (var wrong in (string[])["a/b", "a:b", new('m', 257)])
        {
            (
                await _mlflow.Refused(HttpMethod.Post, "mlflow/registered-models/rename", new { name = renamed, new_name = wrong })
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        }
    }

    [Fact]
    public async Task what_changes_in_a_version_leaves_the_models_time_and_what_goes_leaves_the_default()
    {
        var name = await Registered(versions: 3);
        var before = (long)(await Model(name))["last_updated_timestamp"]!;
        await Poll.UntilAsync(
            () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > before,
            "the clock to go on, so that a later time would be another one"
        );
        using (
            var answer = await _mlflow.Send(
                HttpMethod.Patch,
                "mlflow/model-versions/update",
                System.Net.Http.Json.JsonContent.Create(
                    new
                    {
                        name,
                        version = "2",
                        description = "new",
                    }
                )
            )
        )
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        ((long)(await Model(name))["last_updated_timestamp"]!).ShouldBe(before);

        await _mlflow.Post(
            "mlflow/registered-models/alias",
            new
            {
                name,
                alias = "default",
                version = "2",
            }
        );
        using (var answer = await _mlflow.Send(HttpMethod.Delete, $"mlflow/model-versions/delete?name={name}&version=1", null))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (
            (string)
                (await _mlflow.Get("mlflow/registered-models/alias", ("name", name), ("alias", "default")))["model_version"]!["version"]!
        ).ShouldBe("2");
        await _mlflow.Post(
            "mlflow/model-versions/set-tag",
            new
            {
                name,
                version = "2",
                key = "k",
                value = new string('v', 100_000),
            }
        );
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/model-versions/set-tag",
                new
                {
                    name,
                    version = "2",
                    key = "k",
                    value = new string('v', 100_001),
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
    }

    private async Task<string> Registered(int versions = 0)
    {
        var name = "bug-" + Guid.NewGuid().ToString("N");
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        for (var i = 0; i < versions; i++)
        {
            await _mlflow.Post("mlflow/model-versions/create", new { name, source = $"runs:/{await Run()}/model" });
        }

        return name;
    }

    private async Task<string> Run() =>
        (string)(await _mlflow.Post("mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;

    private async Task<JsonNode> Model(string name) =>
        (await _mlflow.Get("mlflow/registered-models/get", ("name", name)))["registered_model"]!;

    private async Task<IEnumerable<string>> Aliases(string name) =>
        (await Model(name))["aliases"]!.AsArray().Select(static entry => (string)entry!["alias"]!);

    private async Task<string> DownloadUri(string name, string version) =>
        (string)(await _mlflow.Get("mlflow/model-versions/get-download-uri", ("name", name), ("version", version)))["artifact_uri"]!;

    private async Task Put(string path, string content)
    {
        using var answer = await _mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/artifacts/{path}", new StringContent(content));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}

public sealed class MlflowRegistryBugsOnSqlite(SqliteMlflowServer server) : MlflowRegistryBugs(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowRegistryBugsOnPostgreSql(PostgresMlflowServer server)
    : MlflowRegistryBugs(server),
        IClassFixture<PostgresMlflowServer>;
