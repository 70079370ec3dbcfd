using System.Text.RegularExpressions;
using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Models;
using Cairn.Models.Names;
using Cairn.Tracking.Artifacts;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>
/// Where a training starts from: a job that sets <c>CAIRN_INITIAL_WEIGHTS</c> finds the address of what is meant in
/// <c>AIP_INITIAL_WEIGHTS_URI</c>, fixed when the job is created. It is an input of the job in the lineage graph.
/// </summary>
internal sealed partial class InitialWeights(
    IResourceStore store,
    IObjects objects,
    IDatabase database,
    IEnumerable<RunStore> runs,
    IEnumerable<ExperimentStore> experiments,
    IEnumerable<RunArtifacts> artifacts,
    IEnumerable<ModelRegistry> models
)
{
    /// <summary>
    /// What the user sets: a <c>gs://</c> address, <c>runs:/RUN/PATH</c>, <c>models:/MODEL/VERSION</c>, <c>customJobs/ID</c>, or
    /// <c>warm-up:KEY</c>.
    /// </summary>
    public const string Asked = "CAIRN_INITIAL_WEIGHTS";

    /// <summary>What the task sees.</summary>
    public const string Resolved = "AIP_INITIAL_WEIGHTS_URI";

    /// <summary>The label of jobs whose output is kept under a key.</summary>
    public const string WarmUpLabel = "warm_up_key";

    private const string ModelFolder = "model";

    /// <summary>How many jobs of a warm-up's key are looked at for one whose output is still there.</summary>
    private const int MaxJobs = 20;

    /// <summary>The address that a job starts from, or null for one that starts from nothing.</summary>
    public static string? Of(CustomJobSpec spec) =>
        Environments(spec)
            .SelectMany(static environment => environment)
            .FirstOrDefault(static variable => variable.Name == Resolved && variable.Value.StartsWith("gs://", StringComparison.Ordinal))
            ?.Value;

    /// <summary>Writes the address into the environment of all the job's pools.</summary>
    /// <param name="parent">The job's project and location.</param>
    /// <param name="spec">The job's specification, which is changed.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT or NOT_FOUND, where it stands for nothing that is there.</exception>
    public async Task ApplyAsync(CustomJobName parent, CustomJobSpec spec, CancellationToken cancellation)
    {
        var asked = Environments(spec)
            .SelectMany(static environment => environment)
            .FirstOrDefault(static variable => variable.Name == Asked)
            ?.Value;
        if (string.IsNullOrEmpty(asked) || await ResolveAsync(parent, asked, cancellation) is not { } address)
        {
            return;
        }

        foreach (var environment in Environments(spec))
        {
            foreach (var old in environment.Where(static variable => variable.Name == Resolved).ToList())
            {
                environment.Remove(old);
            }

            environment.Add(new EnvVar { Name = Resolved, Value = address.ToString() });
        }
    }

    private static IEnumerable<ICollection<EnvVar>> Environments(CustomJobSpec spec) =>
        spec.WorkerPoolSpecs.Select(static pool => pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env).OfType<ICollection<EnvVar>>();

    private async Task<GsUri?> ResolveAsync(CustomJobName parent, string asked, CancellationToken cancellation)
    {
        if (asked.StartsWith("warm-up:", StringComparison.Ordinal))
        {
            return await WarmUpAsync(parent, asked["warm-up:".Length..], cancellation);
        }

        var address = asked.Split(":/", 2) switch
        {
            ["gs", _] => GsUri.Parse(asked, Asked),
            ["runs", var rest] => await OfRunAsync(parent, asked, rest.Trim('/'), cancellation),
            ["models", var rest] => await OfModelAsync(parent, rest.Trim('/'), cancellation),
            _ when CustomJobOf(asked) is { } id => await OfJobAsync(parent, id, cancellation),
            _ => throw StatusException.InvalidArgument(
                $"`{Asked}` is '{asked}'; it must be gs://BUCKET/PATH, runs:/RUN/PATH, models:/MODEL/VERSION, customJobs/ID or warm-up:KEY."
            ),
        };
        if (await objects.ProjectOfAsync(address.Bucket, cancellation) != parent.Project || !await ExistsAsync(address, cancellation))
        {
            throw StatusException.NotFound(
                $"`{Asked}` is '{asked}', which stands for '{address}': there is no such object or folder in the project '{parent.Project}'."
            );
        }

        return address;
    }

    private async Task<GsUri> OfRunAsync(CustomJobName parent, string asked, string rest, CancellationToken cancellation)
    {
        var parts = rest.Split('/', 2);
        var run =
            await database.ReadAsync(
                session =>
                    runs.Select(known => known.Find(session, parts[0])).FirstOrDefault(static found => found is not null) is { } found
                    && experiments.First().Get(session, found.Experiment).Project == parent.Project
                        ? found
                        : null,
                cancellation
            ) ?? throw StatusException.NotFound($"`{Asked}` is '{asked}'; there is no run '{parts[0]}' in the project '{parent.Project}'.");
        var uri = parts.Length == 2 ? $"{run.ArtifactUri}/{parts[1]}" : run.ArtifactUri;
        return await artifacts.First().FolderAsync(parent.Project, uri, cancellation)
            ?? throw StatusException.FailedPrecondition(
                $"`{Asked}` is '{asked}', whose artifacts are at '{uri}', which this server does not keep."
            );
    }

    private async Task<GsUri> OfModelAsync(CustomJobName parent, string rest, CancellationToken cancellation)
    {
        var name = ModelName.Parse($"{parent.Parent}/models/{rest.Replace('/', '@')}", Asked);
        var registry = models.FirstOrDefault() ?? throw StatusException.FailedPrecondition("This server has no model registry.");
        var model = await registry.GetAsync(name, cancellation);
        return model.Message.ArtifactUri is { Length: > 0 } uri
            ? GsUri.Parse(uri, Asked)
            : throw StatusException.FailedPrecondition($"Model '{model.Name}' has no artifacts to start from.");
    }

    private async Task<GsUri> OfJobAsync(CustomJobName parent, string id, CancellationToken cancellation)
    {
        var name = CustomJobName.Parse($"{parent.Parent}/customJobs/{id}");
        var job = await store.GetAsync<CustomJob>(CustomJobs.Kind, name.ToString(), cancellation);
        return Output(job)
            ?? throw StatusException.FailedPrecondition(
                $"`{Asked}` names CustomJob '{name}', which has no `base_output_directory` and so no model."
            );
    }

    /// <summary>
    /// What the newest successful job of that key has left, or null where there is none: then this is the job that warms up.
    /// </summary>
    private async Task<GsUri?> WarmUpAsync(CustomJobName parent, string key, CancellationToken cancellation)
    {
        if (!Key().IsMatch(key))
        {
            throw StatusException.InvalidArgument(
                $"`{Asked}` has the warm-up key '{key}'; a key has 1 to 63 lower-case letters, digits, '_' and '-'."
            );
        }

        var query = new ListQuery(parent.Parent, $"labels.{WarmUpLabel}=\"{key}\" AND state=\"JOB_STATE_SUCCEEDED\"", "", MaxJobs);
        foreach (var job in (await store.ListAsync<CustomJob>(CustomJobs.Kind, query, cancellation)).Items)
        {
            if (
                Output(job) is { } output
                && await objects.ProjectOfAsync(output.Bucket, cancellation) == parent.Project
                && await ExistsAsync(output, cancellation)
            )
            {
                return output;
            }
        }

        return null;
    }

    private async Task<bool> ExistsAsync(GsUri address, CancellationToken cancellation)
    {
        if (address.Object.Length > 0 && !address.Object.EndsWith('/') && await objects.FindAsync(address, cancellation) is not null)
        {
            return true;
        }

        await foreach (
            var _ in objects.ListAsync(
                address.Object.Length == 0 || address.Object.EndsWith('/') ? address : address with { Object = address.Object + "/" },
                cancellation
            )
        )
        {
            return true;
        }

        return false;
    }

    private static GsUri? Output(CustomJob job) =>
        job.JobSpec.BaseOutputDirectory?.OutputUriPrefix is { Length: > 0 } folder
            ? GsUri.Parse(folder, "base_output_directory").Join(ModelFolder)
            : null;

    private static string? CustomJobOf(string asked) => asked.Split('/') is [.., "customJobs", { Length: > 0 } id] ? id : null;

    [GeneratedRegex(@"\A[a-z0-9_-]{1,63}\z")]
    private static partial Regex Key();
}
