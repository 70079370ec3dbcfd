using System.Text.Json.Nodes;

namespace Cairn.Jobs.Tests.Jobs;

public sealed class EnvironmentTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_task_sees_vertexs_environment_and_the_way_to_this_server()
    {
        var job = JobsClient.Python("import json, os; print(json.dumps(dict(os.environ)))");
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/base/" };
        job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = JsonNode.Parse(
            """
            [{"name":"MINE","value":"$(CLOUD_ML_PROJECT_ID)/$(UNKNOWN)/$$(MINE)"},{"name":"CLOUD_ML_JOB_ID","value":"0"},{"name":"MLFLOW_TRACKING_URI","value":"http://elsewhere"},
             {"name":"LINES","value":"one\ntwo"}]
            """
        );

        var environment = JsonNode.Parse((await _client.OutputAsync(job))[0])!;

        ((string)environment["AIP_MODEL_DIR"]!).ShouldBe($"gs://{JobsClient.Bucket}/base/model/");
        ((string)environment["AIP_CHECKPOINT_DIR"]!).ShouldBe($"gs://{JobsClient.Bucket}/base/checkpoints/");
        ((string)environment["AIP_TENSORBOARD_LOG_DIR"]!).ShouldBe($"gs://{JobsClient.Bucket}/base/logs/");
        ((string)environment["CLOUD_ML_PROJECT_ID"]!).ShouldBe("demo");
        ((string)environment["CLOUD_ML_REGION"]!).ShouldBe("us-central1");
        ((string)environment["CLOUD_ML_JOB_ID"]!).ShouldNotBe("0");
        ((string)environment["STORAGE_EMULATOR_HOST"]!).ShouldBe(server.Process.Http);
        ((string)environment["MLFLOW_TRACKING_URI"]!).ShouldBe("http://elsewhere");
        ((string)environment["CAIRN_TOKEN"]!).ShouldNotBeEmpty();
        ((string)environment["MINE"]!).ShouldBe("demo/$(UNKNOWN)/$(MINE)");
        ((string)environment["LINES"]!).ShouldBe("one\ntwo");
        JsonNode.Parse((string)environment["CLUSTER_SPEC"]!)!["task"]!["type"]!.GetValue<string>().ShouldBe("workerpool0");
        JsonNode.Parse((string)environment["TF_CONFIG"]!)!["task"]!["type"]!.GetValue<string>().ShouldBe("chief");
    }

    [Fact]
    public async Task a_task_sees_neither_the_servers_data_nor_secrets_nor_other_processes()
    {
        var lines = await _client.OutputAsync(
            JobsClient.Python(
                $$"""
                import os
                print(os.path.exists("{{server.Process.Data}}"), os.path.exists("/etc/shadow"), os.path.exists("/root"), os.path.exists("/home"))
                print(len([p for p in os.listdir("/proc") if p.isdigit()]) < 5)
                def writable(path):
                    try:
                        open(path, "w").close()
                        return True
                    except OSError:
                        return False
                print(writable("/usr/x"), writable("/etc/x"), writable("/tmp/x"), writable("x"), os.getcwd())
                """
            )
        );

        lines.ShouldBe(["False False False False", "True", "False False True True /workspace"]);
    }

    [Fact]
    public async Task a_preloaded_library_of_the_users_is_not_loaded_outside_the_sandbox()
    {
        var job = JobsClient.Python("print('ran')");
        job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = JsonNode.Parse(
            """[{"name":"LD_PRELOAD","value":"/nonexistent/evil.so"},{"name":"DOTNET_STARTUP_HOOKS","value":"/nonexistent/evil.dll"}]"""
        );

        var name = await _client.SubmitAsync(job);
        var ended = await _client.WaitAsync(name);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        var complaints = (await _client.LinesAsync(name)).Count(line => line.Contains("evil.so"));

        // Once, by the program itself: a second complaint would be bubblewrap's or the agent's.
        complaints.ShouldBe(1);
    }
}
