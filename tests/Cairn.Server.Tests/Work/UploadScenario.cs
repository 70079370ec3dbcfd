using Google.Cloud.AIPlatform.V1;

namespace Cairn.Server.Tests.Work;

/// <summary>The registration of what a training made.</summary>
internal sealed class UploadScenario : WorkScenario
{
    public override string Kind => "training-upload";

    public override string Success => "Succeeded, 1 models";

    public override string Cancelled => "Cancelled, 0 models";

    public override async Task PrepareAsync(WorkHost host)
    {
        await TrainingSteps.BucketAsync(host);
        await TrainingSteps.PutAsync(host, "out/model/model.joblib", "a model");
    }

    /// <summary>The training's job ends at once, which begins the work.</summary>
    public override async Task<string> BeginAsync(WorkHost host, string label)
    {
        var name = await TrainingSteps.BeginAsync(
            host,
            label,
            $$$"""
            "modelToUpload": {
              "displayName": "{{{label}}}",
              "containerSpec": {"imageUri": "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest"}
            }
            """
        );
        await OutsideAsync(host, name);
        return name;
    }

    public override Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label) => TrainingSteps.FindAsync(host, label);

    public override async Task OutsideAsync(WorkHost host, string key)
    {
        if (TrainingSteps.Job(await TrainingSteps.GetAsync(host, key)) is { } job)
        {
            await host.SucceedAsync(job);
        }
    }

    public override async Task<string?> OutcomeAsync(WorkHost host, string key, string label)
    {
        var pipeline = await TrainingSteps.GetAsync(host, key);
        if (pipeline.EndTime is null)
        {
            return null;
        }

        var request = new ListModelsRequest { Parent = Parent, Filter = $"display_name=\"{label}\"" };
        var listed = await host.CallAsync<ListModelsResponse>("ModelService", request);
        return $"{pipeline.State}, {listed.Models.Count} models";
    }

    public override Task CancelAsync(WorkHost host, string key) => TrainingSteps.CancelAsync(host, key);
}
