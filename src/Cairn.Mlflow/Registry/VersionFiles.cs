using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.Artifacts;
using Cairn.Mlflow.LoggedModels;
using Cairn.Mlflow.Tracking;
using Cairn.Models.Artifacts;
using Cairn.Models.Registered;
using Cairn.Tracking.LoggedModels;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Mlflow.Registry;

/// <summary>
/// From the source of a model version to what the registry keeps: the address of its objects, a copy of them, and what serves them.
/// </summary>
internal sealed class VersionFiles(
    IDatabase database,
    RunAccess runs,
    LoggedModelAccess logged,
    RegistryAccess registry,
    ArtifactAddresses artifacts,
    ModelSnapshots snapshots,
    IObjects objects
)
{
    private const string Models = "models:/";
    private const string SklearnImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-3:latest";
    private const string XgboostImage = "us-docker.pkg.dev/vertex-ai/prediction/xgboost-cpu.1-7:latest";

    /// <summary>Where the files of a version are, from which it was registered.</summary>
    public async Task<string> LocationAsync(MlflowCall call, NamedVersion version) =>
        version.Origin.Location.Length > 0 ? version.Origin.Location : (await FindAsync(call, version.Origin.Source)).Address;

    /// <summary>
    /// What a source comes to: <c>runs:/RUN/PATH</c> is below the run's artifacts, <c>models:/m-…</c> are a logged model's,
    /// <c>models:/NAME/VERSION</c> and <c>models:/NAME@ALIAS</c> those of
    /// another version, of which the new one is a copy; others are addresses themselves.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a path of the client's machine; NOT_FOUND.</exception>
    public async Task<VersionOrigin> FindAsync(MlflowCall call, string source)
    {
        if (source.Split('/').Contains(".."))
        {
            throw StatusException.InvalidArgument(
                $"Invalid model version source: '{source}'. An absolute path must be provided, without relative references ('..')."
            );
        }

        if (source.StartsWith("runs:/", StringComparison.Ordinal))
        {
            var parts = source["runs:/".Length..].TrimStart('/').Split('/', 2);
            var run = await database.ReadAsync(session => runs.Run(session, call, parts[0]), call.Cancellation);
            return new VersionOrigin(parts.Length == 2 ? $"{run.ArtifactUri}/{parts[1]}" : run.ArtifactUri, "", "");
        }

        if (source.StartsWith(Models, StringComparison.Ordinal))
        {
            var path = source[Models.Length..].Trim('/');
            return LoggedModelStore.IdIn(path.Split('/')[0]) is { } id
                ? await LoggedAsync(call, id, path[id.Length..])
                : await VersionAsync(call, source, path);
        }

        return
            source.StartsWith("mlflow-artifacts:", StringComparison.Ordinal)
            || source.StartsWith("gs://", StringComparison.Ordinal)
            || source.StartsWith("s3://", StringComparison.Ordinal)
            ? new VersionOrigin(source, "", "")
            : throw StatusException.InvalidArgument(
                $"Invalid model version source: '{source}'. It must be runs:/RUN/PATH, models:/…, mlflow-artifacts:/…, gs://… or s3://…; this server does not read paths of other machines."
            );
    }

    private async Task<VersionOrigin> LoggedAsync(MlflowCall call, string id, string below)
    {
        var model = await database.ReadAsync(session => logged.Active(session, call, id), call.Cancellation);
        return new VersionOrigin(model.ArtifactUri + below, model.SourceRun, id);
    }

    private async Task<VersionOrigin> VersionAsync(MlflowCall call, string source, string path)
    {
        var at = path.LastIndexOfAny(['/', '@']);
        if (at <= 0 || at == path.Length - 1)
        {
            throw StatusException.InvalidArgument(
                $"Invalid model version source: '{source}'. Of a model's address it must have the form models:/NAME/VERSION, models:/NAME@ALIAS or models:/m-ID."
            );
        }

        var (name, which) = (path[..at], path[(at + 1)..]);
        var version = await database.ReadAsync(
            session =>
            {
                var model = registry.Model(session, call, name);
                return path[at] == '/' && !ModelAlias.IsLatest(which)
                    ? registry.Version(session, model, which)
                    : registry.Aliased(session, model, which)
                        ?? throw StatusException.NotFound($"Registered model alias {which} not found.");
            },
            call.Cancellation
        );
        return new VersionOrigin(await LocationAsync(call, version), version.Origin.Run, version.Origin.ModelId);
    }

    /// <summary>Fills in what the files say, and takes a copy of them where there are any.</summary>
    public async Task<ArtifactManifest?> TakeAsync(MlflowCall call, string address, Model model)
    {
        if (address.StartsWith("s3://", StringComparison.Ordinal))
        {
            return null;
        }

        var uri = await artifacts.ResolveAsync(call, address);
        uri = await artifacts.EnsureAsync(call, uri);
        model.ArtifactUri = uri.ToString();
        var any = false;
        await foreach (
            var _ in objects.ListAsync(uri.Object.EndsWith('/') ? uri : uri with { Object = uri.Object + "/" }, call.Cancellation)
        )
        {
            any = true;
            break;
        }

        if (!any)
        {
            return null;
        }

        var manifest = await snapshots.TakeAsync(uri, call.Cancellation);
        if (!manifest.Has("model.onnx") && await FlavorsAsync(uri, manifest, call.Cancellation) is { } image)
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
        var stream = await objects.OpenAsync(uri.Join("MLmodel"), cancellation);
        await using (stream)
        {
            var buffer = new byte[MaxMlmodel];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Any(static line => line.Trim() == "sklearn:")
                ? SklearnImage
                : null;
        }
    }
}
