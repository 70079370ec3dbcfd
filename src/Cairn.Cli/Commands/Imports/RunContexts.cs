using System.Globalization;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Tracking.Imports;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Cli.Commands.Imports;

/// <summary>The metadata of imported experiments and runs, as Vertex's Python library writes and reads them.</summary>
internal sealed class RunContexts(CairnClient client, string parent)
{
    private const string SchemaVersion = "0.0.1";

    private readonly string store = $"{parent}/metadataStores/default";

    public Task ExperimentAsync(string slug, string name, string tensorboard, CancellationToken cancellation) => client.GetOrCreateAsync(
        $"/v1/{store}/contexts/{slug}",
        $"/v1/{store}/contexts?contextId={slug}",
        new Context
        {
            DisplayName = name,
            SchemaTitle = "system.Experiment",
            SchemaVersion = SchemaVersion,
            Metadata = new Struct { Fields = { ["experiment_deleted"] = Value.ForBool(false), ["backing_tensorboard_resource"] = Value.ForString(tensorboard) } },
        },
        cancellation);

    /// <summary>Makes the run's context, or brings it up to date.</summary>
    public async Task RunAsync(string experiment, ImportedRun run, IReadOnlyDictionary<string, double> metrics, CancellationToken cancellation)
    {
        var context = new Context { DisplayName = run.Name, SchemaTitle = "system.ExperimentRun", SchemaVersion = SchemaVersion, Metadata = Metadata(run, metrics) };
        var name = Name(experiment, run.Id);
        var there = await client.GetOrCreateAsync($"/v1/{name}", $"/v1/{store}/contexts?contextId={experiment}-{run.Id}", context, cancellation);
        if (metrics.Count > 0 || !there.Metadata.Equals(context.Metadata))
        {
            context.Name = name;
            await client.PatchAsync<Context>($"/v1/{name}", context, ["metadata"], cancellation);
        }
    }

    /// <summary>Ties the run to its experiment, its time series and its files.</summary>
    public async Task AttachAsync(string experiment, ImportedRun run, string tensorboardRun, string? files, CancellationToken cancellation)
    {
        await client.PostAsync<AddContextChildrenResponse>(
            $"/v1/{store}/contexts/{experiment}:addContextChildren", new AddContextChildrenRequest { ChildContexts = { Name(experiment, run.Id) } }, cancellation);
        var artifacts = new List<string>
        {
            await ArtifactAsync($"{experiment}-{run.Id}-tb-run", new Artifact
            {
                SchemaTitle = "google.VertexTensorboardRun",
                SchemaVersion = SchemaVersion,
                State = Artifact.Types.State.Live,
                Metadata = new Struct { Fields = { ["resourceName"] = Value.ForString(tensorboardRun), ["vertex_experiment_tracking"] = Value.ForBool(true) } },
            }, cancellation),
        };
        if (files is not null)
        {
            artifacts.Add(await ArtifactAsync(
                $"{experiment}-{run.Id}-files", new Artifact { DisplayName = "artifacts", Uri = files, SchemaTitle = "system.Artifact", SchemaVersion = SchemaVersion, State = Artifact.Types.State.Live }, cancellation));
        }

        await client.PostAsync<AddContextArtifactsAndExecutionsResponse>(
            $"/v1/{Name(experiment, run.Id)}:addContextArtifactsAndExecutions", new AddContextArtifactsAndExecutionsRequest { Artifacts = { artifacts } }, cancellation);
    }

    /// <summary>Puts a run below another; false where that one is not there.</summary>
    public async Task<bool> NestAsync(string experiment, string parentRun, string child, CancellationToken cancellation)
    {
        try
        {
            await client.PostAsync<AddContextChildrenResponse>(
                $"/v1/{Name(experiment, parentRun)}:addContextChildren", new AddContextChildrenRequest { ChildContexts = { Name(experiment, child) } }, cancellation);
            return true;
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            return false;
        }
    }

    private string Name(string experiment, string run) => $"{store}/contexts/{experiment}-{run}";

    private async Task<string> ArtifactAsync(string id, Artifact artifact, CancellationToken cancellation) =>
        (await client.GetOrCreateAsync($"/v1/{store}/artifacts/{id}", $"/v1/{store}/artifacts?artifactId={id}", artifact, cancellation)).Name;

    private static Struct Metadata(ImportedRun run, IReadOnlyDictionary<string, double> metrics)
    {
        var metadata = new Struct
        {
            Fields =
            {
                ["_state"] = Value.ForString(run.State),
                ["_params"] = Value.ForStruct(new Struct { Fields = { run.Params.GroupBy(static p => p.Key).ToDictionary(static p => p.Key, static p => Parameter(p.Last().Value)) } }),
                ["_metrics"] = Value.ForStruct(new Struct { Fields = { metrics.ToDictionary(static m => m.Key, static m => Number(m.Value)) } }),
            },
        };
        if (run.Tags.Count > 0)
        {
            metadata.Fields["_tags"] = Value.ForStruct(new Struct { Fields = { run.Tags.GroupBy(static t => t.Key).ToDictionary(static t => t.Key, static t => Value.ForString(t.Last().Value)) } });
        }

        AddTime("_start_time", run.Start);
        AddTime("_end_time", run.End);
        if (run.Deleted)
        {
            metadata.Fields["_deleted"] = Value.ForBool(true);
        }

        return metadata;

        void AddTime(string key, DateTimeOffset? time)
        {
            if (time is { } value)
            {
                metadata.Fields[key] = Value.ForString(value.ToString("O", CultureInfo.InvariantCulture));
            }
        }
    }

    private static Value Parameter(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Value.ForNumber(number) : Value.ForString(text);

    /// <summary>JSON has no number for what is none.</summary>
    private static Value Number(double value) => double.IsFinite(value) ? Value.ForNumber(value) : Value.ForString(value.ToString(CultureInfo.InvariantCulture));
}
