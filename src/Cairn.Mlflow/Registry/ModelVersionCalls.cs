using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tenancy;
using Cairn.Mlflow.Artifacts;
using Cairn.Mlflow.LoggedModels;
using Cairn.Mlflow.Tracking;
using Cairn.Models.Artifacts;
using Cairn.Models.Registered;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Mlflow.Registry;

/// <summary><c>2.0/mlflow/model-versions/…</c></summary>
internal sealed class ModelVersionCalls(
    IDatabase database,
    RunAccess access,
    ITenantGate gate,
    RegistryAccess registry,
    RegistryViews views,
    RegisteredModels models,
    VersionFiles files,
    ArtifactAddresses artifacts,
    ArtifactFiles downloads,
    ModelUploads uploads,
    LoggedModelAccess logged
) : IMlflowCalls
{
    public void Map(MlflowRoutes routes)
    {
        const string at = "2.0/mlflow/model-versions/";
        routes.Add("POST", at + "create", "mlflow.modelVersions.create", CreateAsync);
        routes.Add("GET", at + "get", "mlflow.modelVersions.get", GetAsync);
        routes.Add("PATCH", at + "update", "mlflow.modelVersions.update", UpdateAsync);
        routes.Add("POST", at + "transition-stage", "mlflow.modelVersions.update", TransitionAsync);
        routes.Add("DELETE", at + "delete", "mlflow.modelVersions.delete", DeleteAsync);
        routes.Add("GET", at + "get-download-uri", "mlflow.modelVersions.get", DownloadUriAsync);
        routes.AddAtRoot("GET", "model-versions/get-artifact", "mlflow.modelVersions.get", DownloadAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, source, tags) = (arguments.Required("name"), arguments.Required("source"), arguments.Pairs("tags"));
        RegistryChecks.Tags(tags);
        await database.ReadAsync(
            session =>
            {
                access.Mentioned(session, call, arguments.Text("run_id") ?? "");
                return registry.Model(session, call, name);
            },
            call.Cancellation
        );
        await gate.RequireAsync(call.Confined, source, "source", call.Cancellation);
        var found = await files.FindAsync(call, source);
        var model = new Model
        {
            VersionDescription = arguments.Text("description") ?? "",
            ModelSourceInfo = new ModelSourceInfo { SourceType = ModelSourceInfo.Types.ModelSourceType.Custom },
            SupportedDeploymentResourcesTypes = { Model.Types.DeploymentResourcesType.DedicatedResources },
        };
        var manifest = await files.TakeAsync(call, found.Address, model);
        var origin = new RegistrationOrigin(
            source,
            arguments.Text("run_id") is { Length: > 0 } run ? run : found.Run,
            arguments.Text("run_link") ?? "",
            call.Http.Request.Headers["x-user"].ToString(),
            found.Address,
            arguments.Text("model_id") is { Length: > 0 } given ? given : found.ModelId
        );
        await AnswerAsync(
            call,
            await database.WriteAsync(
                session => views.Version(session, Register(session, call, name, model.Clone(), manifest, origin, tags)),
                call.Cancellation
            )
        );
    }

    private NamedVersion Register(
        ISqlSession session,
        MlflowCall call,
        string name,
        Model version,
        ArtifactManifest? manifest,
        RegistrationOrigin origin,
        IEnumerable<KeyValuePair<string, string>> tags
    )
    {
        var known = registry.Model(session, call, name);
        version.DisplayName = ModelHandles.DisplayName(known.Name);
        var target = new UploadTarget(known.Resource, Exists: models.HasVersions(session, known), Named: true);
        var (_, number) = uploads.Add(session, target, version, manifest, origin);
        var made = registry.Version(session, known, number);
        if (origin.ModelId.Length > 0)
        {
            LoggedModelVersions.Note(session, logged.Active(session, call, origin.ModelId), made.Name, made.Version);
        }

        foreach (var (key, value) in tags)
        {
            models.SetTag(session, made, key, value);
        }

        return made;
    }

    private async Task GetAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version) = (arguments.Required("name"), arguments.Required("version"));
        await AnswerAsync(
            call,
            await database.ReadAsync(session => views.Version(session, registry.Version(session, call, name, version)), call.Cancellation)
        );
    }

    private static Task AnswerAsync(MlflowCall call, VersionView view) =>
        call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("model_version");
            RegistryJson.Write(writer, view);
        });

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, description) = (arguments.Required("name"), arguments.Required("version"), arguments.Text("description") ?? "");
        await AnswerAsync(
            call,
            await database.WriteAsync(
                session =>
                {
                    models.DescribeVersion(session, registry.Version(session, call, name, version), description);
                    return views.Version(session, registry.Version(session, call, name, version));
                },
                call.Cancellation
            )
        );
    }

    private async Task TransitionAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, stage) = (
            arguments.Required("name"),
            arguments.Required("version"),
            RegistryChecks.Stage(arguments.Required("stage"))
        );
        var archive = arguments.Flag("archive_existing_versions") ?? false;
        if (archive && !ModelStages.IsActive(stage))
        {
            throw StatusException.InvalidArgument(
                $"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. Valid stages are Staging, Production."
            );
        }

        await AnswerAsync(
            call,
            await database.WriteAsync(
                session =>
                {
                    var model = registry.Model(session, call, name);
                    var found = registry.Version(session, model, version);
                    models.SetStage(session, model, found, stage, archive);
                    return views.Version(session, registry.Version(session, model, version));
                },
                call.Cancellation
            )
        );
    }

    private async Task DeleteAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version) = (arguments.Required("name"), arguments.Required("version"));
        await database.WriteAsync(
            session =>
            {
                var model = registry.Model(session, call, name);
                models.DeleteVersion(session, model, registry.Version(session, model, version));
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DownloadUriAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version) = (arguments.Required("name"), arguments.Required("version"));
        var found = await database.ReadAsync(session => registry.Version(session, call, name, version), call.Cancellation);
        var bucket = await artifacts.MlflowAddressAsync(call, await files.LocationAsync(call, found));
        await call.AnswerAsync(writer => writer.WriteString("artifact_uri", bucket));
    }

    /// <summary>One file of a version, from where it was registered.</summary>
    private async Task DownloadAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, path) = (arguments.Required("name"), arguments.Required("version"), arguments.Required("path"));
        var found = await database.ReadAsync(session => registry.Version(session, call, name, version), call.Cancellation);
        await downloads.DownloadAsync(call, await files.LocationAsync(call, found), path);
    }
}
