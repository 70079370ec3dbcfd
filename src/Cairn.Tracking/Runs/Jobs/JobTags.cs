using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>
/// What is told of a job in its run's tags: MLflow's names where it has one. Who submits a job can add tags, such as the commit that the
/// code is from, in the environment variable <c>MLFLOW_RUN_CONTEXT</c>: a JSON object of strings, which MLflow's own client reads inside
/// the task for the runs that it makes.
/// </summary>
internal static class JobTags
{
    public const string RunContext = "MLFLOW_RUN_CONTEXT";
    public const string User = "mlflow.user";

    private const int MaxContext = 50;

    /// <param name="job">The job.</param>
    /// <param name="submitter">Who submitted it, or empty.</param>
    public static Dictionary<string, string> Of(CustomJob job, string submitter)
    {
        var pool = job.JobSpec.WorkerPoolSpecs[0];
        var tags = Context(pool.ContainerSpec?.Env ?? pool.PythonPackageSpec.Env);
        if (submitter.Length > 0 || !tags.ContainsKey(User))
        {
            Add(User, submitter);
        }

        tags["mlflow.runName"] = job.DisplayName;
        tags["mlflow.source.type"] = "JOB";
        tags["mlflow.source.name"] = job.Name;
        tags["cairn.job"] = job.Name;
        Add("mlflow.docker.image.uri", pool.ContainerSpec?.ImageUri ?? pool.PythonPackageSpec.ExecutorImageUri);
        Add("cairn.python_module", pool.PythonPackageSpec?.PythonModule);
        Add("cairn.package_uris", pool.PythonPackageSpec is { } package ? string.Join(' ', package.PackageUris) : null);
        Add("cairn.machine_type", pool.MachineSpec?.MachineType);
        Add(
            "cairn.initial_weights",
            (pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env)
                ?.FirstOrDefault(static variable => variable.Name == "AIP_INITIAL_WEIGHTS_URI")
                ?.Value
        );
        if (pool.MachineSpec is { AcceleratorCount: > 0 } machine)
        {
            Add("cairn.accelerator", $"{machine.AcceleratorCount} {machine.AcceleratorType}");
        }

        return tags;

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                tags[key] = Characters.Cut(value, RunFields.MaxTagValue);
            }
        }
    }

    /// <summary>
    /// The tags of <c>MLFLOW_RUN_CONTEXT</c>. What cannot be read as such is the program's own affair, and no reason to refuse the job.
    /// </summary>
    private static Dictionary<string, string> Context(IEnumerable<EnvVar> environment)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (environment.FirstOrDefault(static variable => variable.Name == RunContext)?.Value is not { Length: > 0 } text)
        {
            return tags;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return tags;
            }

            foreach (
                var tag in json
                    .RootElement.EnumerateObject()
                    .Where(static tag => tag.Value.ValueKind == JsonValueKind.String)
                    .Take(MaxContext)
            )
            {
                if (tag.Value.GetString() is { Length: <= RunFields.MaxTagValue } value && IsKey(tag.Name))
                {
                    tags[tag.Name] = value;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Told above.
        }

        return tags;
    }

    private static bool IsKey(string key)
    {
        try
        {
            RunFields.CheckKey(key, "tag");
            return true;
        }
        catch (StatusException)
        {
            return false;
        }
    }
}
