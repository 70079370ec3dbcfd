using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;
using Cairn.Models.Names;
using Cairn.Models.Versions;
using Cairn.Tracking.Mlflow.Tracking;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary><c>2.0/mlflow/registered-models/…</c></summary>
internal sealed class RegisteredModelCalls(
    IDatabase database,
    RegistryRows rows,
    RegistryJson json,
    ModelUpdates updates,
    ModelDeletions deletions,
    IIdSource ids
) : IMlflowCalls
{
    private static readonly string[] Stages = ["None", "Staging", "Production", "Archived"];

    public void Map(MlflowRoutes routes)
    {
        const string at = "2.0/mlflow/registered-models/";
        routes.Add("POST", at + "create", "mlflow.registeredModels.create", CreateAsync);
        routes.Add(
            "GET",
            at + "get",
            "mlflow.registeredModels.get",
            async call => await AnswerAsync(call, (await call.ArgumentsAsync()).Required("name"))
        );
        routes.Add("POST", at + "rename", "mlflow.registeredModels.update", RenameAsync);
        routes.Add("PATCH", at + "update", "mlflow.registeredModels.update", UpdateAsync);
        routes.Add("DELETE", at + "delete", "mlflow.registeredModels.delete", DeleteAsync);
        routes.Add("GET", at + "search", "mlflow.registeredModels.list", SearchAsync);
        routes.Add("POST", at + "get-latest-versions", "mlflow.registeredModels.get", LatestAsync);
        routes.Add("GET", at + "get-latest-versions", "mlflow.registeredModels.get", LatestAsync);
        routes.Add("POST", at + "set-tag", "mlflow.registeredModels.update", SetTagAsync);
        routes.Add("DELETE", at + "delete-tag", "mlflow.registeredModels.update", DeleteTagAsync);
        routes.Add("POST", at + "alias", "mlflow.registeredModels.update", SetAliasAsync);
        routes.Add("DELETE", at + "alias", "mlflow.registeredModels.update", DeleteAliasAsync);
        routes.Add("GET", at + "alias", "mlflow.registeredModels.get", GetAliasAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var name = arguments.Required("name");
        await database.WriteAsync(
            session =>
            {
                var resource = $"projects/{call.Project}/locations/{call.Location}/models/{FreeId(session, call, name)}";
                var made = rows.Insert(session, call.Project, call.Location, name, resource, arguments.Text("description") ?? "");
                foreach (var (key, value) in arguments.Pairs("tags"))
                {
                    rows.SetTag(session, made.Id, key, value);
                }

                return true;
            },
            call.Cancellation
        );
        await AnswerAsync(call, name);
    }

    /// <summary>The id under which the registry will have the model: readable, and free.</summary>
    private string FreeId(ISqlSession session, MlflowCall call, string name)
    {
        const int MaxId = 63;
        var slug = Slugs.Of(name, "model");
        slug = char.IsAsciiLetter(slug[0]) ? slug : "m-" + slug;
        slug = slug[..Math.Min(slug.Length, MaxId - 20)].TrimEnd('-');
        var resource = $"projects/{call.Project}/locations/{call.Location}/models/{slug}";
        var taken =
            rows.FindByResource(session, resource) is not null
            || session.QueryFirst("SELECT 1 FROM resources WHERE name = $1", static row => true, resource);
        return taken ? $"{slug}-{ids.NextNumber()}" : slug;
    }

    private async Task AnswerAsync(MlflowCall call, string name)
    {
        var view = await database.ReadAsync(session => json.View(session, rows.Get(session, call, name)), call.Cancellation);
        await call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("registered_model");
            RegistryJson.Write(writer, view);
        });
    }

    private async Task RenameAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, wanted) = (arguments.Required("name"), arguments.Required("new_name"));
        var model = await database.WriteAsync(
            session =>
            {
                var found = rows.Get(session, call, name);
                if (name != wanted && rows.Find(session, call.Project, call.Location, wanted) is not null)
                {
                    throw StatusException.AlreadyExists($"Registered Model (name={wanted}) already exists.");
                }

                rows.Update(session, found with { Name = wanted });
                return found;
            },
            call.Cancellation
        );
        await ShowAsync(call, model, new Model { DisplayName = RegistryJson.DisplayName(wanted) }, "display_name");
        await AnswerAsync(call, wanted);
    }

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, description) = (arguments.Required("name"), arguments.Text("description") ?? "");
        var model = await database.WriteAsync(
            session =>
            {
                var found = rows.Get(session, call, name);
                rows.Update(session, found with { Description = description });
                return found;
            },
            call.Cancellation
        );
        await ShowAsync(call, model, new Model { Description = description }, "description");
        await AnswerAsync(call, name);
    }

    /// <summary>Changes the registry's model too, where there is one yet.</summary>
    private async Task ShowAsync(MlflowCall call, RegisteredName model, Model change, string path)
    {
        if (
            await database.ReadAsync(
                session => rows.QueryVersions(session, "v.model = $1", "v.version", [model.Id]).Count > 0,
                call.Cancellation
            )
        )
        {
            change.Name = model.Resource;
            var request = new UpdateModelRequest
            {
                Model = change,
                UpdateMask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { path } },
            };
            await updates.UpdateAsync(request, ModelName.Parse(model.Resource, "name"), call.Cancellation);
        }
    }

    private async Task DeleteAsync(MlflowCall call)
    {
        var name = (await call.ArgumentsAsync()).Required("name");
        var (model, registered) = await database.ReadAsync(
            session =>
            {
                var found = rows.Get(session, call, name);
                return (found, rows.QueryVersions(session, "v.model = $1", "v.version", [found.Id]).Count > 0);
            },
            call.Cancellation
        );
        if (registered)
        {
            await deletions.DeleteModelAsync(ModelName.Parse(model.Resource, "name"), call.Cancellation);
        }

        await database.WriteAsync(
            session =>
            {
                rows.Delete(session, model);
                return true;
            },
            call.Cancellation
        );
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
                    search.Add(
                        clause.Path.StartsWith("tag", StringComparison.OrdinalIgnoreCase)
                        && clause.Path.Contains('.', StringComparison.Ordinal)
                            ? search.Tag("mlflow_model_tags", "t.model = m.id", clause)
                        : clause.Path.ToLowerInvariant() == "name" ? search.Arguments.Text("m.name", clause)
                        : throw StatusException.InvalidArgument(
                            $"Registered models are searched by name and tags.KEY; the filter has '{clause.Path}'."
                        )
                    );
                }

                var (page, next) = search.Page(
                    arguments.Texts("order_by"),
                    new Dictionary<string, string>
                    {
                        ["name"] = "m.name",
                        ["timestamp"] = "m.updated",
                        ["last_updated_timestamp"] = "m.updated",
                    },
                    "m.name",
                    Views.PageSize(arguments.Number("max_results") ?? 100, 1_000),
                    arguments.Text("page_token"),
                    (condition, order, values) => rows.Query(session, condition, order, values)
                );
                return (page.Select(model => json.View(session, model)).ToList(), next);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("registered_models");
            views.ForEach(view => RegistryJson.Write(writer, view));
            writer.WriteEndArray();
            Views.WriteToken(writer, token);
        });
    }

    private async Task LatestAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var name = arguments.Required("name");
        var stages = arguments.Texts("stages").Select(static stage => ModelVersionCalls.Stage(stage)).ToHashSet();
        var view = await database.ReadAsync(session => json.View(session, rows.Get(session, call, name)), call.Cancellation);
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("model_versions");
            foreach (
                var version in view
                    .Latest.Where(version => stages.Count == 0 || stages.Contains(version.Version.Stage))
                    .OrderBy(static version => Array.IndexOf(Stages, version.Version.Stage))
            )
            {
                RegistryJson.Write(writer, version);
            }

            writer.WriteEndArray();
        });
    }

    private async Task SetTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, key, value) = (arguments.Required("name"), arguments.Required("key"), arguments.Text("value") ?? "");
        await database.WriteAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                rows.SetTag(session, model.Id, key, value);
                rows.Touch(session, model.Id);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DeleteTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, key) = (arguments.Required("name"), arguments.Required("key"));
        await database.WriteAsync(
            session =>
                session.Execute("DELETE FROM mlflow_model_tags WHERE model = $1 AND key = $2", rows.Get(session, call, name).Id, key),
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task SetAliasAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, alias, version) = (
            arguments.Required("name"),
            ModelAlias.CheckFree(arguments.Required("alias")),
            arguments.Required("version")
        );
        await database.WriteAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                updates.MoveAliases(session, model.Resource, Text(rows.GetVersion(session, model, version)), [alias], []);
                rows.SetHasDefault(session, model, model.HasDefault || alias == VersionAliases.Default);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    /// <summary>Takes an alias away, if there is one of the name. The registry's default stays what it is.</summary>
    private async Task DeleteAliasAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, alias) = (arguments.Required("name"), ModelAlias.Check(arguments.Required("alias")));
        await database.WriteAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                if (alias == VersionAliases.Default)
                {
                    rows.SetHasDefault(session, model, false);
                }
                else if (json.Aliased(session, model, alias) is { } version && !ModelAlias.IsLatest(alias))
                {
                    updates.MoveAliases(session, model.Resource, Text(version), [], [alias]);
                }

                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task GetAliasAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, alias) = (arguments.Required("name"), ModelAlias.Check(arguments.Required("alias")));
        var view = await database.ReadAsync(
            session =>
            {
                var model = rows.Get(session, call, name);
                var found =
                    json.Aliased(session, model, alias)
                    ?? throw StatusException.InvalidArgument($"Registered model alias {alias} not found.");
                return json.View(session, found, model);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("model_version");
            RegistryJson.Write(writer, view);
        });
    }

    private static string Text(NamedVersion version) => version.Version.ToString(CultureInfo.InvariantCulture);
}
