using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Provenance;

/// <summary>
/// Tells a job where its code is from, in the environment variable that MLflow's client reads tags from: so the job's own run has them, and
/// every run that its program makes.
/// </summary>
internal static class RunContext
{
    private const string Variable = "MLFLOW_RUN_CONTEXT";

    /// <summary>Relaxed, because the value is no part of a web page, and is read by people in the job's description.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tags by MLflow's names.</summary>
    public static Dictionary<string, string> Tags(SourceState? source)
    {
        var tags = new Dictionary<string, string> { ["mlflow.user"] = Environment.UserName };
        if (source is null)
        {
            return tags;
        }

        Add("mlflow.source.git.commit", source.Commit);
        Add("mlflow.source.git.branch", source.Branch);
        Add("mlflow.source.git.repoURL", source.Repository);
        tags["cairn.git.dirty"] = source.IsDirty ? "true" : "false";
        if (source.Diff is null)
        {
            tags["cairn.git.diff"] = $"longer than {SourceState.MaxDiff} bytes";
        }

        return tags;

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                tags[key] = value;
            }
        }
    }

    /// <summary>Adds tags to every worker pool; those that the job has already stand.</summary>
    public static void Attach(CustomJobSpec spec, IReadOnlyDictionary<string, string> tags)
    {
        foreach (
            var environment in spec
                .WorkerPoolSpecs.Select(static pool => pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env)
                .OfType<ICollection<EnvVar>>()
        )
        {
            var variable = environment.FirstOrDefault(static given => given.Name == Variable);
            if (Read(variable?.Value) is not { } context)
            {
                continue;
            }

            foreach (var (key, value) in tags)
            {
                context.TryAdd(key, value);
            }

            if (variable is null)
            {
                environment.Add(new EnvVar { Name = Variable, Value = context.ToJsonString(Plain) });
            }
            else
            {
                variable.Value = context.ToJsonString(Plain);
            }
        }
    }

    /// <summary>Null for what is no JSON object, which is then left alone.</summary>
    private static JsonObject? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? [] : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
