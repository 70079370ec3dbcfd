using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Models.Artifacts;
using Cairn.Tracking.Mlflow.Artifacts;
using Cairn.Tracking.Mlflow.Tracking;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>From the source of a model version to what the registry keeps: the address of its objects, a copy of them, and what serves them.</summary>
internal sealed class VersionFiles(IDatabase database, RunAccess runs, ArtifactStore artifacts, ModelSnapshots snapshots, IObjects objects)
{
    private const string SklearnImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-3:latest";
    private const string XgboostImage = "us-docker.pkg.dev/vertex-ai/prediction/xgboost-cpu.1-7:latest";

    /// <summary>The artifact address of a source: <c>runs:/RUN/PATH</c> is below the run's, others are addresses themselves.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a path of the client's machine.</exception>
    public async Task<string> AddressAsync(MlflowCall call, string source)
    {
        if (source.StartsWith("runs:/", StringComparison.Ordinal))
        {
            var parts = source["runs:/".Length..].TrimStart('/').Split('/', 2);
            var run = await database.ReadAsync(session => runs.Run(session, call, parts[0]), call.Cancellation).ConfigureAwait(false);
            return parts.Length == 2 ? $"{run.ArtifactUri}/{parts[1]}" : run.ArtifactUri;
        }

        return source.StartsWith("mlflow-artifacts:", StringComparison.Ordinal) || source.StartsWith("gs://", StringComparison.Ordinal) || source.StartsWith("s3://", StringComparison.Ordinal)
            ? source
            : throw StatusException.InvalidArgument($"Invalid model version source: '{source}'. It must be runs:/RUN/PATH, mlflow-artifacts:/…, gs://… or s3://…; this server does not read paths of other machines.");
    }

    /// <summary>Fills in what the files say, and takes a copy of them where there are any.</summary>
    public async Task<ArtifactManifest?> TakeAsync(MlflowCall call, string address, Model model)
    {
        if (address.StartsWith("s3://", StringComparison.Ordinal))
        {
            return null;
        }

        var uri = await artifacts.ResolveAsync(call, address).ConfigureAwait(false);
        uri = await artifacts.EnsureAsync(await artifacts.OwnerAsync(call, uri).ConfigureAwait(false), uri, call.Cancellation).ConfigureAwait(false);
        model.ArtifactUri = uri.ToString();
        var any = false;
        await foreach (var _ in objects.ListAsync(uri.Object.EndsWith('/') ? uri : uri with { Object = uri.Object + "/" }, call.Cancellation).ConfigureAwait(false))
        {
            any = true;
            break;
        }

        if (!any)
        {
            return null;
        }

        var manifest = await snapshots.TakeAsync(uri, call.Cancellation).ConfigureAwait(false);
        if (!manifest.Has("model.onnx") && await FlavorsAsync(uri, manifest, call.Cancellation).ConfigureAwait(false) is { } image)
        {
            model.ContainerSpec = new ModelContainerSpec { ImageUri = image };
        }

        return manifest;
    }

    /// <summary>The image that serves the files as they are, if one does.</summary>
    private async Task<string?> FlavorsAsync(GsUri uri, ArtifactManifest manifest, CancellationToken cancellation)
    {
        if (manifest.Has("model.bst"))
        {
            return XgboostImage;
        }

        if (!manifest.Has("MLmodel") || !(manifest.Has("model.pkl") || manifest.Has("model.joblib")))
        {
            return null;
        }

        const int MaxMlmodel = 64 << 10;
        var stream = await objects.OpenAsync(uri.Join("MLmodel"), cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[MaxMlmodel];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Any(static line => line.Trim() == "sklearn:") ? SklearnImage : null;
        }
    }
}
