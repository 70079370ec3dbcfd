using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>
/// One registry behind two doors: random calls over MLflow's and Vertex' API, and after each both tell the same of every model.
/// </summary>
public abstract class OneRegistryConformance(MlflowServer server)
{
    private const int Calls = 120;

    [Fact]
    public async Task what_either_door_changed_both_doors_tell()
    {
        var seed = Random.Shared.Next();
        using var registry = new TwoDoors(server.Process.Http, new Random(seed));
        for (var call = 0; call < Calls; call++)
        {
            var what = await registry.ChangeAsync();
            var (mlflow, vertex) = await registry.ReadAsync();
            mlflow.ShouldBe(vertex, $"after call {call}, {what}, of seed {seed}");
            mlflow.ShouldBe(registry.Expected, $"after call {call}, {what}, of seed {seed}");
            (await registry.NamesAsync())
                .Order(StringComparer.Ordinal)
                .ShouldBe(registry.Names, $"after call {call}, {what}, of seed {seed}");
        }
    }

    [Fact]
    public async Task a_model_renamed_over_vertex_is_known_to_mlflow_by_its_new_name_alone()
    {
        using var registry = new TwoDoors(server.Process.Http, new Random(1));
        var id = await registry.UploadAsync("before");
        await registry.PatchAsync(id, new JsonObject { ["displayName"] = "after" });
        ((string)(await registry.Mlflow.Get("mlflow/registered-models/get", ("name", "after")))["registered_model"]!["name"]!).ShouldBe(
            "after"
        );
        (await registry.Mlflow.Refused(HttpMethod.Get, "mlflow/registered-models/get?name=before", null)).Code.ShouldBe(
            "RESOURCE_DOES_NOT_EXIST"
        );
    }

    [Fact]
    public async Task a_display_name_that_another_model_has_already_is_no_name()
    {
        using var registry = new TwoDoors(server.Process.Http, new Random(1));
        await registry.UploadAsync("same");
        var second = await registry.UploadAsync("same");
        (await registry.NamesAsync()).Order(StringComparer.Ordinal).ShouldBe(new[] { "same", second }.Order(StringComparer.Ordinal));
        await registry.PatchAsync(second, new JsonObject { ["displayName"] = "a/b:c" });
        (await registry.NamesAsync()).Order(StringComparer.Ordinal).ShouldBe(["a-b-c", "same"]);
    }

    [Fact]
    public async Task a_name_that_was_given_up_begins_with_version_one_again()
    {
        using var registry = new TwoDoors(server.Process.Http, new Random(1));
        for (var round = 0; round < 2; round++)
        {
            await registry.Mlflow.Post("mlflow/registered-models/create", new { name = "again" });
            var version = (await registry.Mlflow.Post("mlflow/model-versions/create", new { name = "again", source = "s3://elsewhere/m" }))[
                "model_version"
            ]!;
            ((string)version["version"]!).ShouldBe("1");
            await registry.DeleteAsync("mlflow/model-versions/delete", new { name = "again", version = "1" });
            await registry.DeleteAsync("mlflow/registered-models/delete", new { name = "again" });
        }
    }

    [Fact]
    public async Task the_id_of_a_model_without_versions_is_kept_for_it()
    {
        using var registry = new TwoDoors(server.Process.Http, new Random(1));
        await registry.Mlflow.Post("mlflow/registered-models/create", new { name = "Iris", description = "flowers" });
        var refused = await registry.RefusedUploadAsync("Other", "iris");
        refused.ShouldContain("kept for the registered model 'Iris'");
        var model = (await registry.Mlflow.Get("mlflow/registered-models/get", ("name", "Iris")))["registered_model"]!;
        ((string)model["description"]!).ShouldBe("flowers");
    }

    [Fact]
    public async Task a_model_whose_last_version_goes_keeps_its_name_and_description_and_counts_on()
    {
        using var registry = new TwoDoors(server.Process.Http, new Random(1));
        await registry.Mlflow.Post("mlflow/registered-models/create", new { name = "kept" });
        await registry.Mlflow.Post("mlflow/model-versions/create", new { name = "kept", source = "s3://elsewhere/m" });
        await registry.PatchAsync("kept", new JsonObject { ["description"] = "from Vertex" });
        await registry.DeleteAsync("mlflow/model-versions/delete", new { name = "kept", version = "1" });

        (await registry.ListAsync()).ShouldBeEmpty();
        var model = (await registry.Mlflow.Get("mlflow/registered-models/get", ("name", "kept")))["registered_model"]!;
        ((string)model["description"]!).ShouldBe("from Vertex");
        var version = (await registry.Mlflow.Post("mlflow/model-versions/create", new { name = "kept", source = "s3://elsewhere/m" }))[
            "model_version"
        ]!;
        ((string)version["version"]!).ShouldBe("2");
        ((string)(await registry.ListAsync()).Single()["description"]!).ShouldBe("from Vertex");
    }
}

public sealed class OneRegistryOnSqlite(SqliteMlflowServer server) : OneRegistryConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class OneRegistryOnPostgreSql(PostgresMlflowServer server)
    : OneRegistryConformance(server),
        IClassFixture<PostgresMlflowServer>;
