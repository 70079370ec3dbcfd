using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>What the Python library's own tests found: wrong types, orders, codes, and things that went or came with others.</summary>
public sealed class VertexSuiteTests(RunningServer running) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private const string Parent = "projects/suite/locations/us-central1";
    private const string Store = $"{Parent}/metadataStores/default";

    private readonly RestClient _client = new(running.Server.HttpUrl.ToString().TrimEnd('/'));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task an_operation_has_the_types_of_the_version_that_was_called()
    {
        var made = await _client.PostAsync($"/v1beta1/{Parent}/tensorboards", new { displayName = "b" });
        ((string)made["metadata"]!["@type"]!).ShouldBe(
            "type.googleapis.com/google.cloud.aiplatform.v1beta1.CreateTensorboardOperationMetadata"
        );
        ((string)made["response"]!["@type"]!).ShouldBe("type.googleapis.com/google.cloud.aiplatform.v1beta1.Tensorboard");
        ((string)made["response"]!["displayName"]!).ShouldBe("b");
        var name = (string)made["name"]!;
        ((string)(await _client.GetAsync($"/v1beta1/{name}"))["response"]!["@type"]!).ShouldContain(".v1beta1.");
        ((string)(await _client.PostAsync($"/v1beta1/{name}:wait", new { }))["response"]!["@type"]!).ShouldContain(".v1beta1.");
        ((string)(await _client.GetAsync($"/v1beta1/{Parent}/operations"))["operations"]![0]!["metadata"]!["@type"]!).ShouldContain(
            ".v1beta1."
        );
        ((string)(await _client.GetAsync($"/v1/{name}"))["response"]!["@type"]!).ShouldBe(
            "type.googleapis.com/google.cloud.aiplatform.v1.Tensorboard"
        );
    }

    [Fact]
    public async Task a_context_that_was_deleted_and_made_again_is_new()
    {
        var first = await ContextAsync("anew", new { note = "old" });
        await RunAsync("anew", "one");
        await _client.SendAsync(HttpMethod.Delete, $"/v1/{Store}/contexts/anew");
        var second = await ContextAsync("anew", new { });
        ((string)second["createTime"]!).ShouldNotBe((string)first["createTime"]!);
        second["metadata"]?["note"].ShouldBeNull();
        (await _client.TrySendAsync(HttpMethod.Get, $"/v1/{Store}/contexts/anew-one")).Status.ShouldBe(HttpStatusCode.NotFound);
        await RunAsync("anew", "one");
        (await _client.GetAsync($"/v1/{Store}/contexts/anew-one"))["parentContexts"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task a_deleted_experiment_run_leaves_its_tensorboard_run()
    {
        var board = await BoardAsync();
        await ContextAsync("kept", new { backing_tensorboard_resource = board });
        await RunAsync("kept", "one");
        var run = $"{board}/experiments/kept/runs/one";
        await _client.GetAsync($"/v1/{run}");
        await _client.SendAsync(HttpMethod.Delete, $"/v1/{Store}/contexts/kept-one");
        (await _client.TrySendAsync(HttpMethod.Get, $"/v1/{Store}/contexts/kept-one")).Status.ShouldBe(HttpStatusCode.NotFound);
        ((string)(await _client.GetAsync($"/v1/{run}"))["displayName"]!).ShouldBe("one");
        await _client.SendAsync(HttpMethod.Delete, $"/v1/{run}");
        (await _client.TrySendAsync(HttpMethod.Get, $"/v1/{run}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task summaries_and_time_series_are_kept_apart_and_mlflow_sees_both()
    {
        var board = await BoardAsync();
        await ContextAsync("apart", new { backing_tensorboard_resource = board });
        await RunAsync("apart", "one");
        var context = $"/v1/{Store}/contexts/apart-one";
        var run = $"{board}/experiments/apart/runs/one";
        await _client.SendAsync(
            HttpMethod.Patch,
            $"{context}?updateMask=metadata",
            new { metadata = new { _metrics = new { acc = 0.9, both = 7 } } }
        );
        foreach (var name in (string[])["loss", "both"])
        {
            var series = (string)
                (await _client.PostAsync($"/v1/{run}/timeSeries", new { displayName = name, valueType = "SCALAR" }))["name"]!;
            var points = new[]
            {
                new
                {
                    step = "1",
                    wallTime = "2026-01-01T00:00:01Z",
                    scalar = new { value = 0.5 },
                },
                new
                {
                    step = "2",
                    wallTime = "2026-01-01T00:00:02Z",
                    scalar = new { value = 7.0 },
                },
            };
            await _client.PostAsync(
                $"/v1/{run}:write",
                new
                {
                    tensorboardRun = run,
                    timeSeriesData = new[]
                    {
                        new
                        {
                            tensorboardTimeSeriesId = series.Split('/')[^1],
                            valueType = "SCALAR",
                            values = points,
                        },
                    },
                }
            );
        }

        var metrics = (JsonObject)(await _client.GetAsync(context))["metadata"]!["_metrics"]!;
        metrics.Select(static metric => metric.Key).Order().ShouldBe(["acc", "both"]);
        var shown = (await _client.GetAsync($"/v1/{run}/timeSeries"))["tensorboardTimeSeries"]!.AsArray();
        shown.Select(static series => (string)series!["displayName"]!).Order().ShouldBe(["both", "loss"]);
        var both = (string)shown.Single(static series => (string)series!["displayName"]! == "both")!["name"]!;
        (await _client.GetAsync($"/v1/{both}:read"))["timeSeriesData"]!["values"]!.AsArray().Count.ShouldBe(2);

        // A summary that the series has had as a value is a summary all the same.
        await _client.SendAsync(
            HttpMethod.Patch,
            $"{context}?updateMask=metadata",
            new { metadata = new { _metrics = new { acc = 0.9, both = 0.5 } } }
        );
        ((double)(await _client.GetAsync(context))["metadata"]!["_metrics"]!["both"]!).ShouldBe(0.5);
        var experiment = (string)
            (await _client.GetAsync($"/{Parent}/api/2.0/mlflow/experiments/get-by-name?experiment_name=apart"))["experiment"]![
                "experiment_id"
            ]!;
        var found = await _client.PostAsync($"/{Parent}/api/2.0/mlflow/runs/search", new { experiment_ids = new[] { experiment } });
        found["runs"]![0]!["data"]!["metrics"]!
            .AsArray()
            .Select(static metric => (string)metric!["key"]!)
            .Order()
            .ShouldBe(["acc", "both", "loss"]);
    }

    [Fact]
    public async Task a_second_series_of_a_display_name_already_exists_and_a_second_tensorboards_experiment_is_its_own()
    {
        var (one, two) = (await BoardAsync(), await BoardAsync());
        foreach (var board in (string[])[one, two])
        {
            await _client.PostAsync($"/v1/{board}/experiments?tensorboardExperimentId=same", new { displayName = "Same" });
            await _client.PostAsync($"/v1/{board}/experiments/same/runs?tensorboardRunId=run", new { displayName = "of " + board });
        }

        (await _client.TrySendAsync(HttpMethod.Post, $"/v1/{two}/experiments?tensorboardExperimentId=same", new { })).Status.ShouldBe(
            HttpStatusCode.Conflict
        );
        foreach (var board in (string[])[one, two])
        {
            (
                (string)
                    (await _client.GetAsync($"/v1/{board}/experiments/same/runs"))["tensorboardRuns"]!.AsArray().Single()!["displayName"]!
            ).ShouldBe("of " + board);
            (await _client.GetAsync($"/v1/{board}/experiments"))["tensorboardExperiments"]!
                .AsArray()
                .Select(static found => (string)found!["name"]!)
                .ShouldBe([$"{board}/experiments/same"]);
        }

        var series = $"/v1/{one}/experiments/same/runs/run/timeSeries";
        await _client.PostAsync(series, new { displayName = "loss", valueType = "SCALAR" });
        var (status, answer) = await _client.TrySendAsync(HttpMethod.Post, series, new { displayName = "loss", valueType = "SCALAR" });
        (status, (string)answer["error"]!["status"]!).ShouldBe((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"));
        ((string)answer["error"]!["message"]!).ShouldContain("already exist");
        await _client.SendAsync(HttpMethod.Delete, $"/v1/{two}/experiments/same");
        await _client.GetAsync($"/v1/{one}/experiments/same");
    }

    [Fact]
    public async Task aliases_keep_their_order()
    {
        string[] given = ["zeta", "alpha", "default", "mid"];
        var model = (string)
            (
                await _client.OperateAsync(
                    $"/v1/{Parent}/models:upload",
                    new
                    {
                        model = new
                        {
                            displayName = "m",
                            versionAliases = given,
                            containerSpec = new { imageUri = "example.test/own:1" },
                        },
                    }
                )
            )["model"]!;
        (await _client.GetAsync($"/v1/{model}"))["versionAliases"]!.AsArray().Select(static alias => (string)alias!).ShouldBe(given);
        var merged = await _client.PostAsync(
            $"/v1/{model}@1:mergeVersionAliases",
            new { versionAliases = new[] { "beta", "-alpha", "aaa" } }
        );
        merged["versionAliases"]!.AsArray().Select(static alias => (string)alias!).ShouldBe(["zeta", "default", "mid", "beta", "aaa"]);
    }

    [Fact]
    public async Task the_sentence_that_refuses_a_table_of_bigquery_names_it()
    {
        var body = new
        {
            displayName = "d",
            metadataSchemaUri = "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml",
            metadata = new { inputConfig = new { bigquerySource = new { uri = new[] { "bq://project.set.table" } } } },
        };
        var (_, answer) = await _client.TrySendAsync(HttpMethod.Post, $"/v1/{Parent}/datasets", body);
        ((string)answer["error"]!["message"]!).ShouldContain("'bq://project.set.table'");
    }

    private async Task<string> BoardAsync() =>
        (string)(await _client.OperateAsync($"/v1/{Parent}/tensorboards", new { displayName = "b" }))["name"]!;

    private Task<JsonNode> ContextAsync(string id, object metadata) =>
        _client.PostAsync(
            $"/v1/{Store}/contexts?contextId={id}",
            new
            {
                displayName = id,
                schemaTitle = "system.Experiment",
                schemaVersion = "0.0.1",
                metadata,
            }
        );

    private async Task RunAsync(string experiment, string id)
    {
        await _client.PostAsync(
            $"/v1/{Store}/contexts?contextId={experiment}-{id}",
            new
            {
                displayName = id,
                schemaTitle = "system.ExperimentRun",
                schemaVersion = "0.0.1",
                metadata = new { },
            }
        );
        await _client.PostAsync(
            $"/v1/{Store}/contexts/{experiment}:addContextChildren",
            new { childContexts = new[] { $"{Store}/contexts/{experiment}-{id}" } }
        );
    }
}
