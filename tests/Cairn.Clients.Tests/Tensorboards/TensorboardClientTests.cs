using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Clients.Tests.Models;

namespace Cairn.Clients.Tests.Tensorboards;

public sealed class TensorboardClientTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    private const string Region = "--region=us-central1";
    private const string Location = "/v1/projects/demo/locations/us-central1";

    [Fact]
    public Task the_official_package_writes_and_reads_over_grpc() =>
        server.RunScriptAsync("Tensorboards/tensorboards.cjs", "@google-cloud/aiplatform");

    [Fact]
    public async Task gcloud_makes_lists_changes_and_deletes_tensorboards()
    {
        var gcloud = server.Gcloud();
        await gcloud.RunAsync("ai", "tensorboards", "create", Region, "--display-name=by-gcloud", "--description=d", "--labels=team=birds");
        var id = (
            await gcloud.RunAsync("ai", "tensorboards", "list", Region, "--filter=displayName=by-gcloud", "--format=value(name)")
        ).Split('/')[^1];
        var described = JsonNode.Parse(await gcloud.RunAsync("ai", "tensorboards", "describe", id, Region, "--format=json"))!;
        (described["description"]!.GetValue<string>(), described["labels"]!["team"]!.GetValue<string>()).ShouldBe(("d", "birds"));
        await gcloud.RunAsync("ai", "tensorboards", "update", id, Region, "--display-name=renamed", "--update-labels=team=fish");
        described = JsonNode.Parse(await gcloud.RunAsync("ai", "tensorboards", "describe", id, Region, "--format=json"))!;
        (described["displayName"]!.GetValue<string>(), described["labels"]!["team"]!.GetValue<string>()).ShouldBe(("renamed", "fish"));
        await gcloud.RunAsync("ai", "tensorboards", "delete", id, Region);
        (await gcloud.FailAsync("ai", "tensorboards", "describe", id, Region)).ShouldContain("does not exist");
    }

    /// <summary>The requests that the Python SDK sends for init, start_run and log_time_series_metrics, as they were recorded.</summary>
    [Fact]
    public async Task what_the_python_library_sends_is_answered_as_it_needs()
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        var operation = await SendAsync(
            http,
            HttpMethod.Post,
            $"{Location}/tensorboards",
            """{"displayName": "Default Tensorboard 2026-11-20 23:58:23.558692", "isDefault": true}"""
        );
        operation["done"]!.GetValue<bool>().ShouldBeTrue();
        var board = "/v1/" + operation["response"]!["name"]!.GetValue<string>();
        var listed = await SendAsync(
            http,
            HttpMethod.Get,
            $"{Location}/tensorboards?filter=is_default%3Dtrue&$alt=json%3Benum-encoding%3Dint"
        );
        ("/v1/" + listed["tensorboards"]![0]!["name"]!.GetValue<string>()).ShouldBe(board);
        (await SendAsync(http, HttpMethod.Get, board))["isDefault"]!.GetValue<bool>().ShouldBeTrue();

        (await http.GetAsync($"{board}/experiments/exp1")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        await SendAsync(
            http,
            HttpMethod.Post,
            $"{board}/experiments?tensorboardExperimentId=exp1",
            """{"displayName": "exp1", "labels": {"vertex_tensorboard_experiment_source": "vertex_experiment"}}"""
        );
        (await SendAsync(http, HttpMethod.Get, $"{board}/experiments/exp1"))["displayName"]!.GetValue<string>().ShouldBe("exp1");
        (await http.GetAsync($"{board}/experiments/exp1/runs/run-1")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        await SendAsync(http, HttpMethod.Post, $"{board}/experiments/exp1/runs?tensorboardRunId=run-1", """{"displayName": "run-1"}""");
        var run = $"{board}/experiments/exp1/runs/run-1";
        (await SendAsync(http, HttpMethod.Get, $"{run}/timeSeries")).AsObject().Count.ShouldBe(0);
        var series = await SendAsync(
            http,
            HttpMethod.Post,
            $"{run}/timeSeries",
            """{"displayName": "acc", "valueType": 1, "pluginName": "scalars"}"""
        );
        var name = series["name"]!.GetValue<string>();
        for (var step = 1; step <= 2; step++)
        {
            var body =
                $$$"""{"timeSeriesData": [{"tensorboardTimeSeriesId": "{{{name.Split('/')[^1]}}}", "valueType": 1, "values": [{"wallTime": "2026-11-20T23:58:2{{{step}}}.657Z", "step": "{{{step}}}", "scalar": {"value": 0.9{{{step}}}}}]}]}""";
            (await SendAsync(http, HttpMethod.Post, $"{run}:write", body)).AsObject().Count.ShouldBe(0);
        }

        var read = await SendAsync(
            http,
            HttpMethod.Get,
            $"{board}:batchRead?timeSeries={Uri.EscapeDataString(name)}&$alt=json%3Benum-encoding%3Dint"
        );
        var data = read["timeSeriesData"]![0]!;
        data["tensorboardTimeSeriesId"]!.GetValue<string>().ShouldBe(name.Split('/')[^1]);
        data["valueType"]!.GetValue<string>().ShouldBe("SCALAR");
        data["values"]!
            .AsArray()
            .Select(static value => (value!["step"]!.GetValue<string>(), value["scalar"]!["value"]!.GetValue<double>()))
            .ShouldBe([("1", 0.91), ("2", 0.92)]);
    }

    [Fact]
    public async Task a_thousand_series_are_read_in_one_rest_request()
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        var board =
            "/v1/"
            + (await SendAsync(http, HttpMethod.Post, $"{Location}/tensorboards", """{"displayName": "many"}"""))["response"]![
                "name"
            ]!.GetValue<string>();
        await SendAsync(http, HttpMethod.Post, $"{board}/experiments?tensorboardExperimentId=many", "{}");
        await SendAsync(http, HttpMethod.Post, $"{board}/experiments/many/runs?tensorboardRunId=r", """{"displayName": "r"}""");
        var parent = $"{board[4..]}/experiments/many/runs/r";
        var requests = string.Join(
            ',',
            Enumerable
                .Range(0, 1000)
                .Select(i =>
                    $$$"""{"parent": "{{{parent}}}", "tensorboardTimeSeries": {"displayName": "m{{{i}}}", "valueType": "SCALAR"}}"""
                )
        );
        var made = (
            await SendAsync(
                http,
                HttpMethod.Post,
                $"{board}/experiments/many:batchCreate",
                $$"""{"parent": "{{board[4..]}}/experiments/many", "requests": [{{requests}}]}"""
            )
        )["tensorboardTimeSeries"]!.AsArray();
        var values = string.Join(
            ',',
            made.Select(
                static (series, i) =>
                    $$$"""{"tensorboardTimeSeriesId": "{{{series!["name"]!.GetValue<string>().Split('/')[^1]}}}", "valueType": 1, "values": [{"step": "1", "scalar": {"value": {{{i + 1}}}}}]}"""
            )
        );
        await SendAsync(http, HttpMethod.Post, $"/v1/{parent}:write", $$"""{"timeSeriesData": [{{values}}]}""");
        var query = string.Join(
            '&',
            made.Select(static series => "timeSeries=" + Uri.EscapeDataString(series!["name"]!.GetValue<string>()))
        );
        var read = (await SendAsync(http, HttpMethod.Get, $"{board}:batchRead?{query}"))["timeSeriesData"]!.AsArray();
        read.Select(static data => data!["values"]![0]!["scalar"]!["value"]!.GetValue<double>())
            .ShouldBe(Enumerable.Range(1, 1000).Select(static i => (double)i));
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path[..Math.Min(path.Length, 300)]}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
