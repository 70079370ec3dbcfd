using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>A job is a run by itself: what its task logs without configuration lands there, and both doors show it.</summary>
public sealed class JobRunTests
{
    // What MLflow's client sends for log_metric and log_param inside a task, from the variables that it reads.
    private const string Logging = """
        import json, os, sys, urllib.request
        def post(path, body):
            request = urllib.request.Request(os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/' + path, json.dumps(body).encode(),
                {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['MLFLOW_TRACKING_TOKEN']})
            return json.load(urllib.request.urlopen(request))
        run = os.environ['MLFLOW_RUN_ID']
        post('runs/log-parameter', {'run_id': run, 'key': 'depth', 'value': '7'})
        post('runs/log-batch', {'run_id': run, 'metrics': [{'key': 'accuracy', 'value': 0.75, 'timestamp': 1, 'step': s} for s in range(3)]})
        assert post('runs/search', {'experiment_ids': [os.environ['MLFLOW_EXPERIMENT_ID']], 'filter': "attributes.run_id = '%s'" % run})['runs'][0]['info']['status'] == 'RUNNING'
        sys.exit(int(sys.argv[1]))
        """;

    [Theory]
    [InlineData("0", "FINISHED", "COMPLETE")]
    [InlineData("3", "FAILED", "FAILED")]
    public async Task what_a_task_logs_is_in_the_jobs_run_which_ends_as_the_job_does(string exit, string status, string state)
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        var name = await client.SubmitAsync(JobsClient.Python(Logging, exit));
        var job = await client.WaitAsync(name);
        ((string)job["state"]!).ShouldBe(exit == "0" ? "JOB_STATE_SUCCEEDED" : "JOB_STATE_FAILED", job.ToJsonString());

        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };
        var (project, location, id) = (name.Split('/')[1], name.Split('/')[3], name.Split('/')[5]);
        var mlflow = $"/projects/{project}/locations/{location}/api/2.0/mlflow";
        var experiment = (await http.GetFromJsonAsync<JsonObject>($"{mlflow}/experiments/get-by-name?experiment_name=Custom%20jobs"))![
            "experiment"
        ]!["experiment_id"]!;
        var found = await http.PostAsJsonAsync(
            $"{mlflow}/runs/search",
            new { experiment_ids = new[] { (string)experiment! }, filter = "metrics.accuracy > 0.5 and params.depth = '7'" }
        );
        var run = JsonNode.Parse(await found.Content.ReadAsStringAsync())!["runs"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)run["info"]!["status"]!).ShouldBe(status);
        run["info"]!["end_time"].ShouldNotBeNull();
        run["data"]!["tags"]!.AsArray().ShouldContain(tag => (string)tag!["key"]! == "mlflow.source.name" && (string)tag["value"]! == name);

        var context = (
            await http.GetFromJsonAsync<JsonObject>(
                $"/v1/projects/{project}/locations/{location}/metadataStores/default/contexts/custom-jobs-job-{id}"
            )
        )!;
        ((string)context["schemaTitle"]!).ShouldBe("system.ExperimentRun");
        ((double)context["metadata"]!["_metrics"]!["accuracy"]!).ShouldBe(0.75);
        ((string)context["metadata"]!["_state"]!).ShouldBe(state);
        var executions = (
            await http.GetFromJsonAsync<JsonObject>(
                $"/v1/projects/{project}/locations/{location}/metadataStores/default/executions?filter={Uri.EscapeDataString($"in_context(\"{context["name"]}\")")}"
            )
        )!;
        ((string)executions["executions"]!.AsArray().ShouldHaveSingleItem()!["metadata"]!["resourceName"]!).ShouldBe(name);
    }
}
