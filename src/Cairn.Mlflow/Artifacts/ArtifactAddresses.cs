using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Artifacts;

namespace Cairn.Mlflow.Artifacts;

/// <summary>The addresses of artifacts in calls, within what a call sees.</summary>
internal sealed class ArtifactAddresses(RunArtifacts artifacts, IObjects objects)
{
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

        if (!uri.StartsWith(RunArtifacts.Scheme, StringComparison.Ordinal))
        {
            throw StatusException.FailedPrecondition($"The artifacts are at '{uri}', which this server does not keep; read them there.");
        }

        return await ProxiedAsync(call, RunArtifacts.PathOf(uri));
    }

    /// <summary>
    /// The objects of a proxied path, <c>{experiment}/{run}/artifacts/…</c>; where the project has no artifacts yet, in no bucket.
    /// </summary>
    public async Task<GsUri> ProxiedAsync(MlflowCall call, string path)
    {
        RunArtifacts.CheckPath(path);
        var project = await artifacts.OwnerAsync(path, call.Cancellation) ?? call.Project;
        return call.Sees(project)
            ? new GsUri(await artifacts.BucketOfAsync(project, call.Cancellation), path)
            : throw StatusException.NotFound($"No Experiment with id={path.Split('/', 2)[0]} exists");
    }

    /// <summary>The project that an artifact's bucket belongs to, or is made for: the experiment's in the path, else the call's.</summary>
    public async Task<string> OwnerAsync(MlflowCall call, GsUri target) =>
        await artifacts.OwnerAsync(target.Object, call.Cancellation) ?? call.Project;

    /// <summary>The same address in a bucket that is there; called before the first object is put.</summary>
    public async Task<GsUri> EnsureAsync(MlflowCall call, GsUri target) =>
        await artifacts.EnsureAsync(await OwnerAsync(call, target), target, call.Cancellation);

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
        return given.Bucket == await artifacts.BucketOfAsync(call.Project, call.Cancellation)
            ? $"{RunArtifacts.Scheme}/{given.Object}"
            : uri;
    }
}
