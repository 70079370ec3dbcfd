using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Training.Tests;

public sealed class TrainingPipelineTests
{
    [Fact]
    public async Task a_training_ends_with_its_model_in_the_registry_and_the_next_one_adds_a_version()
    {
        await using var server = await TrainingServer.StartAsync();
        var name = await server.CreateAsync(TrainingServer.Pipeline(TrainingServer.Fit));
        var ended = await server.EndAsync(name);
        ((string?)ended["state"]).ShouldBe("PIPELINE_STATE_SUCCEEDED", ended.ToJsonString());
        ended["startTime"].ShouldNotBeNull();
        ended["endTime"].ShouldNotBeNull();
        var uploaded = (string)ended["modelToUpload"]!["name"]!;
        ((string?)ended["modelToUpload"]!["versionId"]).ShouldBe("1");
        var job = await server.GetAsync("/v1/" + (string)ended["trainingTaskMetadata"]!["backingCustomJob"]!);
        ((string?)job["state"]).ShouldBe("JOB_STATE_SUCCEEDED");

        var model = await server.GetAsync("/v1/" + uploaded);
        ((string?)model["displayName"]).ShouldBe("m2");
        ((string?)model["artifactUri"]).ShouldBe(TrainingServer.Output + "/model");
        ((string?)model["trainingPipeline"]).ShouldBe(name);

        var next = TrainingServer.Pipeline(TrainingServer.Fit);
        next["parentModel"] = uploaded;
        var second = await server.EndAsync(await server.CreateAsync(next));
        ((string?)second["modelToUpload"]!["name"]).ShouldBe(uploaded);
        ((string?)second["modelToUpload"]!["versionId"]).ShouldBe("2");

        var listed = await server.GetAsync(
            $"{TrainingServer.Location}/trainingPipelines?filter={Uri.EscapeDataString("state=\"PIPELINE_STATE_SUCCEEDED\" AND display_name=\"cctj\"")}"
        );
        listed["trainingPipelines"]!.AsArray().Count.ShouldBe(2);
        (await server.DeleteAsync("/v1/" + name)).ShouldBe(200);
        (await server.TryPostAsync($"/v1/{name}:cancel", [])).Status.ShouldBe(404);
        (await server.GetAsync("/v1/" + uploaded))["versionId"].ShouldNotBeNull();
    }

    [Fact]
    public async Task a_training_that_fails_or_leaves_no_model_says_why()
    {
        await using var server = await TrainingServer.StartAsync();
        var failing = await server.EndAsync(await server.CreateAsync(TrainingServer.Pipeline("import sys; sys.exit(7)")));
        ((string?)failing["state"]).ShouldBe("PIPELINE_STATE_FAILED");
        ((string?)failing["error"]!["message"])!.ShouldContain("status of 7");

        var empty = await server.EndAsync(await server.CreateAsync(TrainingServer.Pipeline("print('nothing')")));
        ((string?)empty["state"]).ShouldBe("PIPELINE_STATE_FAILED");
        ((string?)empty["error"]!["message"])!.ShouldContain("could not be registered");

        var alone = await server.EndAsync(await server.CreateAsync(TrainingServer.Pipeline("print('nothing')", upload: false)));
        ((string?)alone["state"]).ShouldBe("PIPELINE_STATE_SUCCEEDED");
    }

    [Fact]
    public async Task a_pipeline_is_cancelled_with_its_job()
    {
        await using var server = await TrainingServer.StartAsync();
        var name = await server.CreateAsync(TrainingServer.Pipeline("import time; time.sleep(600)"));
        await Poll.UntilAsync(
            async () => (string)(await server.GetAsync("/v1/" + name))["state"]! == "PIPELINE_STATE_RUNNING",
            "the training to run"
        );
        (await server.DeleteAsync("/v1/" + name)).ShouldBe(400);
        await server.PostAsync($"/v1/{name}:cancel", []);
        ((string?)(await server.EndAsync(name))["state"]).ShouldBe("PIPELINE_STATE_CANCELLED");
    }

    [Fact]
    public async Task a_server_that_is_killed_while_it_trains_registers_one_model()
    {
        await using var server = await TrainingServer.StartAsync();
        var name = await server.CreateAsync(TrainingServer.Pipeline("import time; time.sleep(2)\n" + TrainingServer.Fit));
        await Poll.UntilAsync(
            async () => (string)(await server.GetAsync("/v1/" + name))["state"]! == "PIPELINE_STATE_RUNNING",
            "the training to run"
        );
        server.Process.Kill();
        await server.Process.RestartAsync();
        ((string?)(await server.EndAsync(name))["state"]).ShouldBe("PIPELINE_STATE_SUCCEEDED");
        (await server.GetAsync($"{TrainingServer.Location}/models"))["models"]!.AsArray().ShouldHaveSingleItem()!["versionId"]!
            .GetValue<string>()
            .ShouldBe("1");
    }

    [Fact]
    public async Task what_cannot_be_trained_is_refused_with_a_sentence()
    {
        await using var server = await TrainingServer.StartAsync();
        await RefusedAsync(
            501,
            "custom_task",
            static pipeline =>
                pipeline["trainingTaskDefinition"] = "gs://google-cloud-aiplatform/schema/trainingjob/definition/automl_tabular_1.0.0.yaml"
        );
        await RefusedAsync(400, "training_task_inputs", static pipeline => pipeline["trainingTaskInputs"] = "text");
        await RefusedAsync(
            400,
            "wrker_pool_specs",
            static pipeline => pipeline["trainingTaskInputs"] = new JsonObject { ["wrker_pool_specs"] = new JsonArray() }
        );
        await RefusedAsync(
            400,
            "worker_pool_specs",
            static pipeline => pipeline["trainingTaskInputs"]!["worker_pool_specs"] = new JsonArray()
        );
        await RefusedAsync(
            400,
            "base_output_directory",
            static pipeline => pipeline["trainingTaskInputs"]!.AsObject().Remove("base_output_directory")
        );
        await RefusedAsync(400, "display_name", static pipeline => pipeline["displayName"] = "");
        await RefusedAsync(
            400,
            "model_to_upload",
            static pipeline =>
            {
                pipeline.Remove("modelToUpload");
                pipeline["modelId"] = "m";
            }
        );

        async Task RefusedAsync(int status, string word, Action<JsonObject> spoil)
        {
            var pipeline = TrainingServer.Pipeline(TrainingServer.Fit);
            spoil(pipeline);
            var (code, answer) = await server.TryPostAsync($"{TrainingServer.Location}/trainingPipelines", pipeline);
            code.ShouldBe(status, answer.ToJsonString());
            ((string)answer["error"]!["message"]!).ShouldContain(word);
        }
    }
}
