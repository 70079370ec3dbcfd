using System.Globalization;
using Cairn.Data;
using Cairn.Data.Buckets;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Artifacts;

/// <summary>
/// Where the artifacts of runs and logged models are: <c>mlflow-artifacts:/{experiment}/…</c> are objects of that name in a bucket of the
/// experiment's project, so that every other client reaches them as <c>gs://</c> objects too.
/// </summary>
public sealed class RunArtifacts(IDatabase database, ExperimentStore experiments, ProjectBuckets buckets, IObjects objects)
{
    /// <summary>What an address begins with whose objects this server keeps.</summary>
    public const string Scheme = "mlflow-artifacts:";

    private const string Purpose = "mlflow-artifacts";

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
        var owner = await OwnerAsync(path, cancellation) ?? project;
        return owner == project ? new GsUri(await BucketOfAsync(project, cancellation), path) : null;
    }

    /// <summary>The project of the experiment that a path begins with, <c>{experiment}/…</c>; null where it begins with none.</summary>
    public async Task<string?> OwnerAsync(string path, CancellationToken cancellation) =>
        long.TryParse(path.Split('/', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (await database.ReadAsync(session => experiments.Find(session, id), cancellation))?.Project
            : null;

    /// <summary>The bucket of a project's artifacts, or <see cref="ProjectBuckets.None"/> where there is none yet.</summary>
    public Task<string> BucketOfAsync(string project, CancellationToken cancellation) => buckets.FindAsync(project, Purpose, cancellation);

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

    /// <summary>The path below the bucket. Of <c>mlflow-artifacts://host/x</c> and <c>mlflow-artifacts:/x</c> the path counts.</summary>
    public static string PathOf(string uri)
    {
        var path = uri[Scheme.Length..];
        path = path.StartsWith("//", StringComparison.Ordinal)
            ? path.IndexOf('/', 2) is > 0 and var slash
                ? path[slash..]
                : ""
            : path;
        return path.TrimStart('/');
    }
}
