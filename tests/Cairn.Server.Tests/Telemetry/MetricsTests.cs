using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.OnnxModels;
using Cairn.Testing;
using Cairn.Testing.Metrics;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Server.Tests.Telemetry;

/// <summary>What Prometheus reads of a server that has been called in every way.</summary>
public sealed partial class MetricsTests(MeasuredServer measured) : IClassFixture<MeasuredServer>
{
    private const string Location = "/v1/projects/demo/locations/us-central1";
    private const string OnnxImage = "cairn/onnx:latest";
    private const string TrainingImage = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";
    private const string GetModel = "google.cloud.aiplatform.v1.ModelService/GetModel";

    [Fact]
    public async Task every_call_is_counted_once_by_method_and_code()
    {
        var admin = measured.Admin;
        var before = await measured.ScrapeAsync();
        var path = $"{Location}/models/1";
        await admin.TrySendAsync(HttpMethod.Get, path);
        await admin.TrySendAsync(HttpMethod.Get, path);
        await admin.SendAsync(HttpMethod.Get, $"{Location}/models");
        using var grpc = new GrpcClient(measured.Server.Grpc);
        await grpc.CallAsync("/" + GetModel, new GetModelRequest { Name = path[4..] }, token: admin.Token);
        await grpc.CallAsync("/" + GetModel, new GetModelRequest { Name = path[4..] });
        await grpc.CallAsync("/none/of/them", new GetModelRequest(), token: admin.Token);
        var after = await measured.ScrapeAsync();

        const string route = "/v1/{name=projects/*/locations/*/models/*}";
        Grown("http_server_request_duration_seconds_count", ("http_route", route), ("http_response_status_code", "404")).ShouldBe(2);
        Grown(
                "http_server_request_duration_seconds_count",
                ("http_route", "/v1/{parent=projects/*/locations/*}/models"),
                ("http_response_status_code", "200"),
                ("http_request_method", "GET")
            )
            .ShouldBe(1);
        Grown("rpc_server_call_duration_seconds_count", ("rpc_method", GetModel), ("rpc_response_status_code", "NOT_FOUND")).ShouldBe(1);
        Grown("rpc_server_call_duration_seconds_count", ("rpc_method", "_OTHER"), ("rpc_response_status_code", "UNAUTHENTICATED"))
            .ShouldBe(1);
        Grown(
                "rpc_server_call_duration_seconds_count",
                ("rpc_method", "_OTHER"),
                ("rpc_response_status_code", "UNIMPLEMENTED"),
                ("error_type", "UNIMPLEMENTED")
            )
            .ShouldBe(1);

        double Grown(string name, params (string Label, string Value)[] labels) => Sum(after, name, labels) - Sum(before, name, labels);

        static double Sum(PrometheusPage page, string name, (string Label, string Value)[] labels) =>
            page.Of(name).Where(sample => labels.All(label => sample.Label(label.Label) == label.Value)).Sum(static sample => sample.Value);
    }

    [Fact]
    public async Task commits_work_jobs_and_sizes_are_there()
    {
        await measured.Admin.CreateBucketAsync("counted-" + Guid.NewGuid().ToString("n"));
        var page = await measured.ScrapeAsync();
        page.Of("cairn_store_commit_duration_seconds_count").Sum(static sample => sample.Value).ShouldBeGreaterThan(0);
        page.Of("cairn_store_commit_calls_sum").Sum(static sample => sample.Value).ShouldBeGreaterThan(0);
        page.Of("cairn_store_size_bytes")
            .Single(static sample => sample.Label("cairn_store_part") == "database")
            .Value.ShouldBeGreaterThan(0);
        page.Of("cairn_store_waiting").ShouldHaveSingleItem();
        page.Of("cairn_work_due").ShouldNotBeEmpty();
        page.Of("cairn_work_due_age_seconds").ShouldAllBe(static sample => sample.Value >= 0);
        page.Of("cairn_work_running").ShouldNotBeEmpty();
        page.Of("dotnet_process_memory_working_set_bytes").ShouldHaveSingleItem();
        page.Of("target_info").Single().Label("service_name").ShouldBe("cairn");
    }

    [Fact]
    public async Task predictions_and_jobs_are_counted_where_they_are_run()
    {
        var admin = measured.Admin;
        await admin.CreateBucketAsync("counted");
        var endpoint = await admin.ServeAsync(
            "counted",
            "linear",
            OnnxImage,
            new Dictionary<string, byte[]> { ["model.onnx"] = SampleModels.LinearRegression() }
        );
        await admin.PredictAsync(endpoint, "[[1, 2, 3]]");
        (
            await admin.TrySendAsync(HttpMethod.Post, $"/v1/{endpoint}:predict", JsonNode.Parse("""{"instances": [["no", "number"]]}"""))
        ).Status.ShouldBe(HttpStatusCode.BadRequest);
        var pool = new JsonObject
        {
            ["replicaCount"] = 1,
            ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" },
            ["containerSpec"] = new JsonObject { ["imageUri"] = TrainingImage, ["command"] = new JsonArray("sleep", "600") },
        };
        var job = await admin.PostAsync(
            $"{Location}/customJobs",
            new JsonObject
            {
                ["displayName"] = "j",
                ["jobSpec"] = new JsonObject { ["workerPoolSpecs"] = new JsonArray(pool) },
            }
        );
        await Poll.UntilAsync(
            async () =>
                (await measured.ScrapeAsync()).Of("cairn_task_open").Any(static open => open.Label("cairn_task_state") == "running"),
            "the job to be counted as running"
        );
        await admin.PostAsync($"/v1/{job["name"]}:cancel", new JsonObject());
        await Poll.UntilAsync(
            async () =>
                (await measured.ScrapeAsync())
                    .Of("cairn_task_run_duration_seconds_count")
                    .Any(static run => run.Label("cairn_outcome") == "cancelled" && run.Label("cairn_task_executor") == "process"),
            "the job's end to be counted"
        );

        var page = await measured.ScrapeAsync();
        page.Of("cairn_task_wait_duration_seconds_count").Sum(static wait => wait.Value).ShouldBe(1);
        var predictions = page.Of("cairn_prediction_duration_seconds_count").ToList();
        predictions.Single(static some => some.Label("error_type") is null).Value.ShouldBe(1);
        predictions.Single(static some => some.Label("error_type") == "INVALID_ARGUMENT").Value.ShouldBe(1);
        page.Of("cairn_predictor_count").Single(static some => some.Label("cairn_predictor_state") == "running").Value.ShouldBe(1);
    }

    private const string Chore = "chore:";

    /// <summary>Whatever clients send, and whoever they are, the series are those that the program has names for.</summary>
    [Fact]
    public async Task every_value_of_a_label_is_one_of_a_bounded_set()
    {
        var mark = "zz" + Guid.NewGuid().ToString("n")[..8];
        using var stranger = new RestClient(measured.Server.Http);
        using var grpc = new GrpcClient(measured.Server.Grpc);
        foreach (var client in (RestClient[])[measured.Admin, stranger])
        {
            await client.TrySendAsync(HttpMethod.Get, $"/v1/projects/{mark}/locations/{mark}/models/{mark}");
            await client.TrySendAsync(HttpMethod.Get, $"/v1/{mark}/{mark}");
            await client.TrySendAsync(HttpMethod.Get, $"/{mark}/{mark}");
            await client.TrySendAsync(HttpMethod.Post, $"/storage/v1/b?project={mark}", new { name = mark });
            await client.TrySendAsync(new HttpMethod(mark.ToUpperInvariant()), $"/v1/{mark}");
            await grpc.CallAsync($"/{mark}/{mark}", new GetModelRequest(), token: client.Token);
        }

        var calls = (await CairnServer.ListMethodsAsync()).Select(static method => method.Call).ToHashSet();
        var routes = calls.Where(static call => call.Contains(' ')).Select(static call => call.Split(' ', 2)[1]).ToHashSet();
        foreach (var sample in (await measured.ScrapeAsync()).Samples.Where(static sample => sample.Name != "target_info"))
        {
            foreach (var (label, value) in sample.Labels)
            {
                var isKnown = label switch
                {
                    "http_route" => routes.Contains(value),
                    "rpc_method" => value == "_OTHER" || calls.Contains("/" + value),
                    "http_request_method" => Method().IsMatch(value),
                    "http_response_status_code" => Status().IsMatch(value),
                    "url_scheme" => value is "http" or "https",
                    "rpc_system_name" => value == "grpc",
                    "le" => Number().IsMatch(value),
                    // What servers do by themselves is a kind of work too, called chore:NAME.
                    "cairn_work_kind" => Word().IsMatch(value.StartsWith(Chore, StringComparison.Ordinal) ? value[Chore.Length..] : value)
                        && !value.Contains(mark, StringComparison.OrdinalIgnoreCase),
                    // Words of the program's own, in the form that its sources have them.
                    _ => Word().IsMatch(value) && !value.Contains(mark, StringComparison.OrdinalIgnoreCase),
                };
                isKnown.ShouldBeTrue($"{sample.Name}: {label} is '{value}'");
            }

            // A caller who has not been let in makes no series for each route.
            (sample.Label("http_response_status_code") == "401" && sample.Label("http_route") is not null).ShouldBeFalse(sample.Name);
        }
    }

    [Fact]
    public async Task only_administrators_and_monitors_read_it()
    {
        (await StatusAsync(null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(await measured.TokenAsync("viewer"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(await measured.TokenAsync("editor"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(await measured.TokenAsync("admin", "demo"))).ShouldBe(HttpStatusCode.Forbidden);
        var monitor = await measured.TokenAsync("monitor");
        (await StatusAsync(monitor)).ShouldBe(HttpStatusCode.OK);
        using var client = new RestClient(measured.Server.Http, monitor);
        (await client.TrySendAsync(HttpMethod.Get, $"{Location}/models")).Status.ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> StatusAsync(string? token)
        {
            using var caller = new RestClient(measured.Server.Http, token);
            return (await caller.TrySendAsync(HttpMethod.Get, "/metrics")).Status;
        }
    }

    /// <summary>Clients of Cloud Storage read <c>/BUCKET/OBJECT</c>, and a bucket may well have this name.</summary>
    [Fact]
    public async Task a_bucket_named_metrics_is_read_beside_it()
    {
        await measured.Admin.CreateBucketAsync("metrics");
        await measured.Admin.UploadAsync("metrics", "loss.txt", "0.5"u8.ToArray());
        ((string)(await measured.Admin.GetAsync("/metrics/loss.txt"))["text"]!).ShouldBe("0.5");
    }

    [GeneratedRegex("^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|_OTHER)$")]
    private static partial Regex Method();

    [GeneratedRegex("^[1-5][0-9][0-9]$")]
    private static partial Regex Status();

    [GeneratedRegex(@"^(\+Inf|[0-9.E+-]+)$")]
    private static partial Regex Number();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.-]{0,60}$")]
    private static partial Regex Word();
}
