using System.Globalization;
using System.Text.Json;
using Cairn.Mlflow.LoggedModels;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow;

/// <summary>
/// MLflow's messages in JSON, as its own server writes them: snake_case, whole numbers as numbers, what is not a number as text.
/// </summary>
internal static class MlflowJson
{
    public static string Stage(Lifecycle stage) => stage == Lifecycle.Active ? "active" : "deleted";

    public static void WriteExperiment(this Utf8JsonWriter json, Experiment experiment, IEnumerable<KeyValuePair<string, string>> tags)
    {
        json.WriteStartObject();
        json.WriteString("experiment_id", experiment.Id.ToString(CultureInfo.InvariantCulture));
        json.WriteString("name", experiment.Name);
        json.WriteString("artifact_location", experiment.ArtifactLocation);
        json.WriteString("lifecycle_stage", Stage(experiment.Stage));
        json.WriteNumber("last_update_time", experiment.Updated);
        json.WriteNumber("creation_time", experiment.Created);
        json.WritePairs("tags", tags);
        json.WriteEndObject();
    }

    public static void WriteRun(
        this Utf8JsonWriter json,
        Run run,
        RunData data,
        IEnumerable<RunInput> inputs,
        IReadOnlyCollection<RunModel> models
    )
    {
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteInfo(run);
        json.WriteEndObject();
        json.WriteStartObject("data");
        json.WriteStartArray("metrics");
        foreach (var metric in data.Metrics)
        {
            json.WriteMetric(metric.Name, metric.Point);
        }

        json.WriteEndArray();
        json.WriteStartArray("params");
        foreach (var param in data.Params)
        {
            json.WritePair(param.Key, param.Value);
        }

        json.WriteEndArray();
        json.WritePairs("tags", data.Tags);
        json.WriteEndObject();
        json.WriteStartObject("inputs");
        json.WriteStartArray("dataset_inputs");
        foreach (var input in inputs)
        {
            json.WriteInput(input);
        }

        json.WriteEndArray();
        json.WriteModelInputs(models);
        json.WriteEndObject();
        json.WriteModelOutputs(models);
        json.WriteEndObject();
    }

    public static void WriteInfo(this Utf8JsonWriter json, Run run)
    {
        json.WriteString("run_uuid", run.Uuid);
        json.WriteString("experiment_id", run.Experiment.ToString(CultureInfo.InvariantCulture));
        json.WriteString("run_name", run.Name);
        json.WriteString("user_id", run.User);
        json.WriteString("status", run.Status.ToString().ToUpperInvariant());
        json.WriteNumber("start_time", run.Started);
        if (run.Ended is { } ended)
        {
            json.WriteNumber("end_time", ended);
        }

        json.WriteString("artifact_uri", run.ArtifactUri);
        json.WriteString("lifecycle_stage", Stage(run.Stage));
        json.WriteString("run_id", run.Uuid);
    }

    public static void WriteMetric(this Utf8JsonWriter json, string name, MetricPoint point, string? run = null)
    {
        json.WriteStartObject();
        json.WriteString("key", name);
        json.WriteDouble("value", point.Value);
        json.WriteNumber("timestamp", point.Time / 1_000);
        json.WriteNumber("step", point.Step);
        if (run is not null)
        {
            json.WriteString("run_id", run);
        }

        json.WriteEndObject();
    }

    /// <summary>A double; NaN and infinities, which JSON does not have, as protobuf writes them.</summary>
    public static void WriteDouble(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(
                name,
                double.IsNaN(value) ? "NaN"
                    : value > 0 ? "Infinity"
                    : "-Infinity"
            );
        }
    }

    public static void WritePairs(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            json.WritePair(key, value);
        }

        json.WriteEndArray();
    }

    private static void WritePair(this Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private static void WriteInput(this Utf8JsonWriter json, RunInput input)
    {
        json.WriteStartObject();
        json.WritePairs("tags", input.Tags);
        json.WriteStartObject("dataset");
        json.WriteString("name", input.Name);
        json.WriteString("digest", input.Digest);
        json.WriteString("source_type", input.SourceType);
        json.WriteString("source", input.Source);
        if (input.Schema.Length > 0)
        {
            json.WriteString("schema", input.Schema);
        }

        if (input.Profile.Length > 0)
        {
            json.WriteString("profile", input.Profile);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
