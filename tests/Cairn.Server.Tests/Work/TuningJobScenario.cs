using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Server.Tests.Work;

/// <summary>A tuning job of one trial, whose job ends without a measurement: it fails, and has made one job.</summary>
internal sealed class TuningJobScenario : WorkScenario
{
    public override string Kind => "tuning-job";

    public override string Success => "Failed, 1 trials, 1 jobs";

    public override string Cancelled => "Cancelled, 0 trials, 0 jobs";

    public override async Task<string> BeginAsync(WorkHost host, string label)
    {
        var job = JsonParser.Default.Parse<HyperparameterTuningJob>(
            $$$"""
            {
              "displayName": "{{{label}}}", "maxTrialCount": 1, "parallelTrialCount": 1,
              "studySpec": {
                "metrics": [{"metricId": "score", "goal": "MAXIMIZE"}], "algorithm": "RANDOM_SEARCH",
                "parameters": [{"parameterId": "x", "doubleValueSpec": {"minValue": 0, "maxValue": 1}}]
              },
              "trialJobSpec": {{{TrainingSteps.Spec}}}
            }
            """
        );
        var request = new CreateHyperparameterTuningJobRequest { Parent = Parent, HyperparameterTuningJob = job };
        return (await host.CallAsync<HyperparameterTuningJob>("JobService", request)).Name;
    }

    public override async Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label)
    {
        var request = new ListHyperparameterTuningJobsRequest { Parent = Parent, Filter = $"display_name=\"{label}\"" };
        var listed = await host.CallAsync<ListHyperparameterTuningJobsResponse>("JobService", request);
        return [.. listed.HyperparameterTuningJobs.Select(static job => job.Name)];
    }

    public override async Task OutsideAsync(WorkHost host, string key)
    {
        foreach (var trial in (await GetAsync(host, key)).Trials.Where(static trial => trial.CustomJob.Length > 0))
        {
            await host.SucceedAsync(trial.CustomJob);
        }
    }

    public override async Task<string?> OutcomeAsync(WorkHost host, string key, string label)
    {
        var job = await GetAsync(host, key);
        if (job.EndTime is null)
        {
            return null;
        }

        var jobs = (await host.JobsAsync(Parent)).Count(made => made.DisplayName.StartsWith(label + "-trial-", StringComparison.Ordinal));
        return $"{job.State}, {job.Trials.Count} trials, {jobs} jobs";
    }

    public override Task CancelAsync(WorkHost host, string key) =>
        host.CallAsync<Empty>("JobService", new CancelHyperparameterTuningJobRequest { Name = key });

    private static Task<HyperparameterTuningJob> GetAsync(WorkHost host, string key) =>
        host.CallAsync<HyperparameterTuningJob>("JobService", new GetHyperparameterTuningJobRequest { Name = key });
}
