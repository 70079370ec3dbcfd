using System.Globalization;
using System.Text.Json;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.LoggedModels;

/// <summary>Logged models in JSON, as MLflow's own server writes them.</summary>
internal static class LoggedModelJson
{
    public static void WriteLoggedModel(this Utf8JsonWriter json, LoggedModel model, LoggedModelData data)
    {
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("model_id", model.ModelId);
        json.WriteString("experiment_id", model.Experiment.ToString(CultureInfo.InvariantCulture));
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp_ms", model.Created);
        json.WriteNumber("last_updated_timestamp_ms", model.Updated);
        json.WriteString("artifact_uri", model.ArtifactUri);
        json.WriteString("status", model.Status.Wire());
        WriteText(json, "model_type", model.Type);
        WriteText(json, "source_run_id", model.SourceRun);
        json.WritePairs("tags", data.Tags);
        json.WriteEndObject();
        json.WriteStartObject("data");
        json.WritePairs("params", data.Params);
        json.WriteStartArray("metrics");
        foreach (var metric in data.Metrics)
        {
            WriteMetric(json, model, metric);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Models that a run used, as a member of its inputs.</summary>
    public static void WriteModelInputs(this Utf8JsonWriter json, IEnumerable<RunModel> models)
    {
        json.WriteStartArray("model_inputs");
        foreach (var model in models.Where(static model => !model.IsOutput))
        {
            json.WriteStartObject();
            json.WriteString("model_id", model.ModelId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Models that a run made, as its outputs.</summary>
    public static void WriteModelOutputs(this Utf8JsonWriter json, IEnumerable<RunModel> models)
    {
        json.WriteStartObject("outputs");
        json.WriteStartArray("model_outputs");
        foreach (var model in models.Where(static model => model.IsOutput))
        {
            json.WriteStartObject();
            json.WriteString("model_id", model.ModelId);
            json.WriteNumber("step", model.Step);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter json, LoggedModel model, LoggedModelMetric metric)
    {
        json.WriteStartObject();
        json.WriteString("key", metric.Name);
        json.WriteDouble("value", metric.Point.Value);
        json.WriteNumber("timestamp", metric.Point.Time / 1_000);
        json.WriteNumber("step", metric.Point.Step);
        WriteText(json, "dataset_name", metric.DatasetName);
        WriteText(json, "dataset_digest", metric.DatasetDigest);
        json.WriteString("model_id", model.ModelId);
        json.WriteString("run_id", metric.RunId);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }
}
