using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tenancy;
using Cairn.Models.Versions;
using Cairn.Tracking.Mlflow.Artifacts;
using Cairn.Tracking.Mlflow.LoggedModels;
using Cairn.Tracking.Mlflow.Tracking;
using Cairn.Tracking.Search;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary><c>2.0/mlflow/model-versions/…</c></summary>
internal sealed class ModelVersionCalls(
    IDatabase database,
    RunAccess access,
    ITenantGate gate,
    RegistryRows rows,
    RegistryJson json,
    VersionFiles files,
    ArtifactStore artifacts,
    ArtifactFiles downloads,
    ModelUploads uploads,
    ModelUpdates updates,
    ModelDeletions deletions,
    LoggedModelAccess logged
) : IMlflowCalls
{
    private static readonly Dictionary<string, string> Orders = new()
    {
        ["name"] = "m.name",
        ["version_number"] = "v.version",
        ["version"] = "v.version",
        ["creation_timestamp"] = "v.created",
        ["last_updated_timestamp"] = "v.updated",
    };

    public void Map(MlflowRoutes routes)
    {
        const string at = "2.0/mlflow/model-versions/";
        routes.Add("POST", at + "create", "mlflow.modelVersions.create", CreateAsync);
        routes.Add("GET", at + "get", "mlflow.modelVersions.get", GetAsync);
        routes.Add("PATCH", at + "update", "mlflow.modelVersions.update", UpdateAsync);
        routes.Add("POST", at + "transition-stage", "mlflow.modelVersions.update", TransitionAsync);
        routes.Add("DELETE", at + "delete", "mlflow.modelVersions.delete", DeleteAsync);
        routes.Add("GET", at + "search", "mlflow.modelVersions.list", SearchAsync);
        routes.Add("GET", at + "get-download-uri", "mlflow.modelVersions.get", DownloadUriAsync);
        routes.AddAtRoot("GET", "model-versions/get-artifact", "mlflow.modelVersions.get", DownloadAsync);
        routes.Add("POST", at + "set-tag", "mlflow.modelVersions.update", SetTagAsync);
        routes.Add("DELETE", at + "delete-tag", "mlflow.modelVersions.update", DeleteTagAsync);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT for no stage of MLflow's.</exception>
    public static string Stage(string text) =>
        text.ToLowerInvariant() switch
        {
            "none" => "None",
            "staging" => "Staging",
            "production" => "Production",
            "archived" => "Archived",
            _ => throw StatusException.InvalidArgument(
                $"Invalid Model Version stage: {text}. Value must be one of None, Staging, Production, Archived."
            ),
        };

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, source) = (arguments.Required("name"), arguments.Required("source"));
        var known = await database.ReadAsync(
            session =>
            {
                access.Mentioned(session, call, arguments.Text("run_id") ?? "");
                return rows.Get(session, call, name);
            },
            call.Cancellation
        );
        await gate.RequireAsync(call.Confined, source, "source", call.Cancellation);
        var origin = await files.FindAsync(call, source);
        var modelId = arguments.Text("model_id") is { Length: > 0 } given ? given : origin.ModelId;
        var model = new Model
        {
            DisplayName = RegistryJson.DisplayName(known.Name),
            Description = known.Description,
            VersionDescription = arguments.Text("description") ?? "",
            ModelSourceInfo = new ModelSourceInfo { SourceType = ModelSourceInfo.Types.ModelSourceType.Custom },
            SupportedDeploymentResourcesTypes = { Model.Types.DeploymentResourcesType.DedicatedResources },
        };
        var manifest = await files.TakeAsync(call, origin.Address, model);
        var version = await database.WriteAsync(
            session =>
            {
                var current = rows.Get(session, call, name);
                var exists = rows.QueryVersions(session, "v.model = $1", "v.version", [current.Id]).Count > 0;
                var (_, number) = uploads.Add(session, new UploadTarget(current.Resource, exists), model.Clone(), manifest);
                var made = new NamedVersion(
                    current.Id,
                    current.Name,
                    long.Parse(number, CultureInfo.InvariantCulture),
                    "None",
                    arguments.Text("description") ?? "",
                    source,
                    arguments.Text("run_id") is { Length: > 0 } run ? run : origin.Run,
                    arguments.Text("run_link") ?? "",
                    call.Http.Request.Headers["x-user"].ToString(),
                    0,
                    0,
                    origin.Address,
                    modelId
                );
                rows.InsertVersion(session, made);
                if (modelId.Length > 0)
                {
                    LoggedModelVersions.Note(session, logged.Active(session, call, modelId), made.Name, made.Version);
                }

                foreach (var (key, value) in arguments.Pairs("tags"))
                {
                    rows.SetTag(session, made, key, value);
                }

                rows.Touch(session, current.Id);
                return number;
            },
            call.Cancellation
        );
        await AnswerAsync(call, name, version);
    }

    private async Task GetAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        await AnswerAsync(call, arguments.Required("name"), arguments.Required("version"));
    }

    private async Task AnswerAsync(MlflowCall call, string name, string version)
    {
        var view = await database.ReadAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                return json.View(session, rows.GetVersion(session, model, version), model);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("model_version");
            RegistryJson.Write(writer, view);
        });
    }

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, description) = (arguments.Required("name"), arguments.Required("version"), arguments.Text("description") ?? "");
        var target = await database.WriteAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                var found = rows.GetVersion(session, model, version);
                rows.UpdateVersion(session, found with { Description = description });
                return RegistryJson.Name(model, found.Version);
            },
            call.Cancellation
        );
        var request = new UpdateModelRequest
        {
            Model = new Model { Name = target.ToString(), VersionDescription = description },
            UpdateMask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { "version_description" } },
        };
        await updates.UpdateAsync(request, target, call.Cancellation);
        await AnswerAsync(call, name, version);
    }

    private async Task TransitionAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, stage) = (arguments.Required("name"), arguments.Required("version"), Stage(arguments.Required("stage")));
        var archive = arguments.Flag("archive_existing_versions") ?? false;
        if (archive && stage is not ("Staging" or "Production"))
        {
            throw StatusException.InvalidArgument(
                $"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. Valid stages are Staging, Production."
            );
        }

        await database.WriteAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                var found = rows.GetVersion(session, model, version);
                if (archive)
                {
                    foreach (
                        var other in rows.QueryVersions(session, "v.model = $1 AND v.stage = $2", "v.version", [model.Id, stage])
                            .Where(other => other.Version != found.Version)
                    )
                    {
                        rows.UpdateVersion(session, other with { Stage = "Archived" });
                    }
                }

                rows.UpdateVersion(session, found with { Stage = stage });
                rows.Touch(session, model.Id);
                return true;
            },
            call.Cancellation
        );
        await AnswerAsync(call, name, version);
    }

    /// <summary>
    /// The registry keeps a default version and no model without versions: the default goes to the latest of the others first, and the last
    /// version takes the registry's model with it.
    /// </summary>
    private async Task DeleteAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version) = (arguments.Required("name"), arguments.Required("version"));
        var (target, others, isDefault) = await database.ReadAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                var found = rows.GetVersion(session, model, version);
                var left = rows.QueryVersions(session, "v.model = $1 AND v.version <> $2", "v.version", [model.Id, found.Version])
                    .Select(other => RegistryJson.Name(model, other.Version))
                    .ToList();
                return (RegistryJson.Name(model, found.Version), left, json.IsDefault(session, model, found.Version));
            },
            call.Cancellation
        );
        if (others.Count == 0)
        {
            await deletions.DeleteModelAsync(target with { Version = "" }, call.Cancellation);
        }
        else
        {
            if (isDefault)
            {
                await database.WriteAsync(
                    session =>
                    {
                        updates.SetDefault(session, target.Model, others[^1].Version);
                        rows.SetHasDefault(session, rows.Get(session, call, name), false);
                        return true;
                    },
                    call.Cancellation
                );
            }

            await deletions.DeleteVersionAsync(target, call.Cancellation);
        }

        await call.DoneAsync();
    }

    private async Task SearchAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (views, token) = await database.ReadAsync(
            session =>
            {
                var search = new RegistrySearch(session.Dialect, "m.project = $1 AND m.location = $2", call.Project, call.Location);
                foreach (var clause in SearchParser.Parse(arguments.Text("filter")))
                {
                    search.Add(Condition(search, clause));
                }

                var (page, next) = search.Page(
                    arguments.Texts("order_by"),
                    Orders,
                    arguments.Texts("order_by").Count == 0 ? "v.updated DESC, m.name, v.version DESC" : "m.name, v.version DESC",
                    Views.PageSize(arguments.Number("max_results") ?? 10_000, 200_000),
                    arguments.Text("page_token"),
                    (condition, order, values) => rows.QueryVersions(session, condition, order, values)
                );
                return (page.Select(version => json.View(session, version, rows.Get(session, call, version.Name))).ToList(), next);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("model_versions");
            views.ForEach(view => RegistryJson.Write(writer, view));
            writer.WriteEndArray();
            Views.WriteToken(writer, token);
        });
    }

    private static string Condition(RegistrySearch search, SearchClause clause)
    {
        var path = clause.Path.ToLowerInvariant();
        return path switch
        {
            "name" => search.Arguments.Text("m.name", clause),
            "run_id" => search.Arguments.Text("v.run", clause),
            "source_path" or "source" => search.Arguments.Text("v.source", clause),
            "version_number" or "version" => search.Arguments.Number("v.version", clause, (long)clause.Number()),
            _ when path.StartsWith("tag", StringComparison.Ordinal) && path.Contains('.', StringComparison.Ordinal) => search.Tag(
                "mlflow_version_tags",
                "t.model = v.model AND t.version = v.version",
                clause
            ),
            _ => throw StatusException.InvalidArgument(
                $"Model versions are searched by name, run_id, source_path, version_number and tags.KEY; the filter has '{clause.Path}'."
            ),
        };
    }

    private async Task DownloadUriAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version) = (arguments.Required("name"), arguments.Required("version"));
        var found = await database.ReadAsync(
            session => rows.GetVersion(session, rows.Get(session, call, name), version),
            call.Cancellation
        );
        var bucket = await artifacts.MlflowAddressAsync(call, await files.LocationAsync(call, found));
        await call.AnswerAsync(writer => writer.WriteString("artifact_uri", bucket));
    }

    /// <summary>One file of a version, from where it was registered.</summary>
    private async Task DownloadAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, path) = (arguments.Required("name"), arguments.Required("version"), arguments.Required("path"));
        var found = await database.ReadAsync(
            session => rows.GetVersion(session, rows.Get(session, call, name), version),
            call.Cancellation
        );
        await downloads.DownloadAsync(call, await files.LocationAsync(call, found), path);
    }

    private async Task SetTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, key, value) = (
            arguments.Required("name"),
            arguments.Required("version"),
            arguments.Required("key"),
            arguments.Text("value") ?? ""
        );
        await database.WriteAsync(
            session =>
            {
                var found = rows.GetVersion(session, rows.Get(session, call, name), version);
                rows.SetTag(session, found, key, value);
                rows.UpdateVersion(session, found);
                rows.Touch(session, found.Model);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DeleteTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, key) = (arguments.Required("name"), arguments.Required("version"), arguments.Required("key"));
        await database.WriteAsync(
            session =>
            {
                var found = rows.GetVersion(session, rows.Get(session, call, name), version);
                return session.Execute(
                    "DELETE FROM mlflow_version_tags WHERE model = $1 AND version = $2 AND key = $3",
                    found.Model,
                    found.Version,
                    key
                );
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }
}
