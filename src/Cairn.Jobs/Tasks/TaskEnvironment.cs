using Cairn.Data;
using Cairn.Jobs.Agent;
using Cairn.Jobs.CustomJobs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The environment that a task sees: Vertex's, and what points client libraries at this server. The user's own variables come last, but
/// cannot replace what names the job and its places, or the task would not be the job's any more.
/// </summary>
internal static class TaskEnvironment
{
    /// <summary>Where a job's outputs go: <c>AIP_MODEL_DIR</c> is <c>model/</c> below it.</summary>
    private static readonly (string Variable, string Folder)[] Outputs =
    [
        ("AIP_MODEL_DIR", "model"),
        ("AIP_CHECKPOINT_DIR", "checkpoints"),
        ("AIP_TENSORBOARD_LOG_DIR", "logs"),
    ];

    /// <param name="name">The job's name.</param>
    /// <param name="spec">Its specification.</param>
    /// <param name="place">Which replica it is.</param>
    /// <param name="server">The server's URL, without a trailing slash.</param>
    /// <param name="run">The run that the task logs to, if it has one.</param>
    /// <param name="trace">The trace that it belongs to; empty for none.</param>
    public static Dictionary<string, string> Build(
        CustomJobName name,
        CustomJobSpec spec,
        ClusterPlace place,
        string server,
        TaskRun? run = null,
        string trace = ""
    )
    {
        var own = new Dictionary<string, string>
        {
            ["CLOUD_ML_JOB_ID"] = name.Id,
            ["CLOUD_ML_PROJECT_ID"] = name.Project,
            ["CLOUD_ML_REGION"] = name.Location,
            ["CAIRN_ENDPOINT"] = server,
        };
        foreach (var (variable, value) in ClusterEnvironment.Early(place))
        {
            own[variable] = value;
        }

        if (spec.BaseOutputDirectory is { OutputUriPrefix: { Length: > 0 } output })
        {
            foreach (var (variable, folder) in Outputs)
            {
                own[variable] = GsUri.Parse(output, "base_output_directory").Join(folder + "/").ToString();
            }
        }

        Add(own, "AIP_TENSORBOARD_RESOURCE_NAME", spec.Tensorboard);
        Add(own, "AIP_EXPERIMENT_NAME", spec.Experiment.Length > 0 ? spec.Experiment.Split('/')[^1] : run?.ExperimentSlug ?? "");
        Add(own, "AIP_EXPERIMENT_RUN_NAME", spec.ExperimentRun.Length > 0 ? spec.ExperimentRun.Split('/')[^1] : run?.Slug ?? "");

        // These a user may point elsewhere: a task may well use another tracking server.
        var environment = new Dictionary<string, string>
        {
            ["GOOGLE_CLOUD_PROJECT"] = name.Project,
            ["STORAGE_EMULATOR_HOST"] = server,
            ["BIGQUERY_EMULATOR_HOST"] = server,
            // With the project in its path, so that names are looked up where the job is.
            ["MLFLOW_TRACKING_URI"] = $"{server}/projects/{name.Project}/locations/{name.Location}",
            ["CLOUDSDK_CORE_PROJECT"] = name.Project,
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"] = server + "/",
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] = server + "/storage/v1/",
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY"] = server + "/bigquery/v2/",
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING"] = server + "/",
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_ML"] = server + "/",

            // With a region of its own gcloud ai-platform would put it before the host's name.
            ["CLOUDSDK_AI_PLATFORM_REGION"] = "global",
        };

        if (run is not null)
        {
            environment["MLFLOW_EXPERIMENT_ID"] = run.Experiment.ToString(System.Globalization.CultureInfo.InvariantCulture);
            environment["MLFLOW_RUN_ID"] = run.Uuid;
        }

        Add(environment, TaskTrace.Variable, trace);
        foreach (var variable in WorkerPools.Environment(spec.WorkerPoolSpecs[place.Pool]))
        {
            environment[variable.Name] = VariableReferences.Expand(
                variable.Value,
                static reference => !ClusterEnvironment.Late.Contains(reference),
                reference => own.GetValueOrDefault(reference) ?? environment.GetValueOrDefault(reference)
            );
        }

        foreach (var (key, value) in own)
        {
            environment[key] = value;
        }

        return environment;
    }

    private static void Add(Dictionary<string, string> environment, string name, string value)
    {
        if (value.Length > 0)
        {
            environment[name] = value;
        }
    }
}
