using System.Globalization;
using Cairn.Data;
using Cairn.Data.Buckets;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Mlflow.Artifacts;

/// <summary>
/// Where artifacts are: <c>mlflow-artifacts:/{experiment}/…</c> are objects of that name in a bucket of the experiment's project, so that
/// every other client reaches them as
/// <c>gs://</c> objects too.
/// </summary>
public sealed class ArtifactStore(IDatabase database, ExperimentStore experiments, ProjectBuckets buckets, IObjects objects)
{
    private const string Scheme = "mlflow-artifacts:";
    private const string Purpose = "mlflow-artifacts";

    /// <summary>
    /// The objects of an artifact address. Of <c>mlflow-artifacts://host/x</c> and <c>mlflow-artifacts:/x</c> the path counts.
    /// </summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION for an address that this server does not keep; NOT_FOUND for another
    /// project's.</exception>
    public async Task<GsUri> ResolveAsync(MlflowCall call, string uri)
    {
        if (uri.StartsWith("gs://", StringComparison.Ordinal))
        {
            var given = GsUri.Parse(uri, "artifact_uri");
            var owner = await objects.ProjectOfAsync(given.Bucket, call.Cancellation);
            return owner is not null && call.Sees(owner) ? given : throw StatusException.NotFound($"There is no bucket '{given.Bucket}'.");
        }

        if (!uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw StatusException.FailedPrecondition($"The artifacts are at '{uri}', which this server does not keep; read them there.");
        }

        return await ProxiedAsync(call, PathOf(uri));
    }

    /// <summary>
    /// The objects of an artifact address of a project's run; null where this server does not keep them, or another project's bucket does.
    /// </summary>
    public async Task<GsUri?> FolderAsync(string project, string uri, CancellationToken cancellation)
    {
        if (uri.StartsWith("gs://", StringComparison.Ordinal))
        {
            var given = GsUri.Parse(uri, "artifact_uri");
            return await objects.ProjectOfAsync(given.Bucket, cancellation) == project ? given : null;
        }

        if (!uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var path = PathOf(uri);
        CheckPath(path);
        var owner = long.TryParse(path.Split('/', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (await database.ReadAsync(session => experiments.Find(session, id), cancellation))?.Project ?? project
            : project;
        return owner == project ? new GsUri(await BucketOfAsync(project, cancellation), path) : null;
    }

    /// <summary>
    /// The objects of a proxied path, <c>{experiment}/{run}/artifacts/…</c>; where the project has no artifacts yet, in no bucket.
    /// </summary>
    public async Task<GsUri> ProxiedAsync(MlflowCall call, string path)
    {
        CheckPath(path);
        var first = path.Split('/', 2)[0];
        var project = call.Project;
        if (long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            var experiment = await database.ReadAsync(session => experiments.Find(session, id), call.Cancellation);
            project =
                experiment is null ? project
                : call.Sees(experiment.Project) ? experiment.Project
                : throw StatusException.NotFound($"No Experiment with id={id} exists");
        }

        return new GsUri(await BucketOfAsync(project, call.Cancellation), path);
    }

    /// <summary>The project that an artifact's bucket belongs to, or is made for: the experiment's in the path, else the call's.</summary>
    public async Task<string> OwnerAsync(MlflowCall call, GsUri target) =>
        long.TryParse(target.Object.Split('/', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && await database.ReadAsync(session => experiments.Find(session, id), call.Cancellation) is { } experiment
            ? experiment.Project
            : call.Project;

    /// <summary>
    /// The address by which MLflow's client downloads: objects of a project's own artifact bucket are reached through this server, which
    /// needs no client of buckets.
    /// </summary>
    public async Task<string> MlflowAddressAsync(MlflowCall call, string uri)
    {
        if (!uri.StartsWith("gs://", StringComparison.Ordinal))
        {
            return uri;
        }

        var given = GsUri.Parse(uri, "artifact_uri");
        return given.Bucket == await BucketOfAsync(call.Project, call.Cancellation) ? $"{Scheme}/{given.Object}" : uri;
    }

    /// <summary>
    /// The same address in a bucket that is there: the project's is made where it is missing. Called before the first object is put.
    /// </summary>
    public async Task<GsUri> EnsureAsync(string project, GsUri target, CancellationToken cancellation) =>
        target.Bucket == ProjectBuckets.None ? target with { Bucket = await buckets.EnsureAsync(project, Purpose, cancellation) } : target;

    /// <exception cref="StatusException">INVALID_ARGUMENT for a path that would leave its folder, or that names no file.</exception>
    public static void CheckFile(string path)
    {
        CheckPath(path);
        if (path.Split('/').Contains(""))
        {
            throw StatusException.InvalidArgument(
                $"Invalid artifact path: '{path}'. Names may be treated as files, and this one has a part that is empty."
            );
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT for a path that would leave its folder.</exception>
    public static void CheckPath(string path)
    {
        if (
            path.StartsWith('/')
            || path.Contains('\\', StringComparison.Ordinal)
            || path.Contains('\0', StringComparison.Ordinal)
            || path.Split('/').Any(static part => part is ".." or ".")
        )
        {
            throw StatusException.InvalidArgument($"Invalid path: '{path}'. It must be relative, without '.', '..' and backslashes.");
        }
    }

    private static string PathOf(string uri)
    {
        var path = uri[Scheme.Length..];
        path = path.StartsWith("//", StringComparison.Ordinal)
            ? path.IndexOf('/', 2) is > 0 and var slash
                ? path[slash..]
                : ""
            : path;
        return path.TrimStart('/');
    }

    private Task<string> BucketOfAsync(string project, CancellationToken cancellation) => buckets.FindAsync(project, Purpose, cancellation);
}
