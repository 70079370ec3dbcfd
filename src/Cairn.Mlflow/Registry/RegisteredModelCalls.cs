using Cairn.Kernel.Database;
using Cairn.Models.Registered;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Registry;

/// <summary><c>2.0/mlflow/registered-models/…</c></summary>
internal sealed class RegisteredModelCalls(IDatabase database, RegistryAccess registry, RegistryViews views, RegisteredModels models)
    : IMlflowCalls
{
    public void Map(MlflowRoutes routes)
    {
        const string at = "2.0/mlflow/registered-models/";
        routes.Add("POST", at + "create", "mlflow.registeredModels.create", CreateAsync);
        routes.Add("GET", at + "get", "mlflow.registeredModels.get", GetAsync);
        routes.Add("POST", at + "rename", "mlflow.registeredModels.update", RenameAsync);
        routes.Add("PATCH", at + "update", "mlflow.registeredModels.update", UpdateAsync);
        routes.Add("DELETE", at + "delete", "mlflow.registeredModels.delete", DeleteAsync);
        routes.Add("POST", at + "get-latest-versions", "mlflow.registeredModels.get", LatestAsync);
        routes.Add("GET", at + "get-latest-versions", "mlflow.registeredModels.get", LatestAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, tags) = (arguments.Required("name"), arguments.Pairs("tags"));
        RegistryChecks.Tags(tags);
        await AnswerAsync(
            call,
            await database.WriteAsync(
                session =>
                {
                    var parent = RegistryAccess.Parent(call);
                    var made = models.Create(session, parent, name, Id(name), arguments.Text("description") ?? "");
                    foreach (var (key, value) in tags)
                    {
                        models.SetTag(session, made, key, value);
                    }

                    return views.Model(session, made);
                },
                call.Cancellation
            )
        );
    }

    /// <summary>The ID that the model's resource will have where it is free: readable, with room for a number after it.</summary>
    private static string Id(string name)
    {
        const int MaxId = 63;
        var slug = Slugs.Of(name, "model");
        slug = char.IsAsciiLetter(slug[0]) ? slug : "m-" + slug;
        return slug[..Math.Min(slug.Length, MaxId - 20)].TrimEnd('-');
    }

    private static Task AnswerAsync(MlflowCall call, ModelView view) =>
        call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("registered_model");
            RegistryJson.Write(writer, view);
        });

    private async Task GetAsync(MlflowCall call)
    {
        var name = (await call.ArgumentsAsync()).Required("name");
        await AnswerAsync(
            call,
            await database.ReadAsync(session => views.Model(session, registry.Model(session, call, name)), call.Cancellation)
        );
    }

    private async Task RenameAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, wanted) = (arguments.Required("name"), arguments.Required("new_name"));
        await AnswerAsync(
            call,
            await database.WriteAsync(
                session =>
                {
                    models.Rename(session, registry.Model(session, call, name), wanted);
                    return views.Model(session, registry.Model(session, call, wanted));
                },
                call.Cancellation
            )
        );
    }

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, description) = (arguments.Required("name"), arguments.Text("description") ?? "");
        await AnswerAsync(
            call,
            await database.WriteAsync(
                session =>
                {
                    models.Describe(session, registry.Model(session, call, name), description);
                    return views.Model(session, registry.Model(session, call, name));
                },
                call.Cancellation
            )
        );
    }

    private async Task DeleteAsync(MlflowCall call)
    {
        var name = (await call.ArgumentsAsync()).Required("name");
        await database.WriteAsync(
            session =>
            {
                models.Delete(session, registry.Model(session, call, name));
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task LatestAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var name = arguments.Required("name");
        var stages = arguments.Texts("stages").Select(static stage => RegistryChecks.Stage(stage)).ToHashSet();
        var view = await database.ReadAsync(session => views.Model(session, registry.Model(session, call, name)), call.Cancellation);
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("model_versions");
            foreach (
                var version in view
                    .Latest.Where(version => stages.Count == 0 || stages.Contains(version.Version.Stage))
                    .OrderBy(static version => ModelStages.All.IndexOf(version.Version.Stage))
            )
            {
                RegistryJson.Write(writer, version);
            }

            writer.WriteEndArray();
        });
    }
}
