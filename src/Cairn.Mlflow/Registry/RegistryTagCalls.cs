using Cairn.Kernel.Database;
using Cairn.Models.Registered;

namespace Cairn.Mlflow.Registry;

/// <summary><c>set-tag</c> and <c>delete-tag</c> of registered models and of versions.</summary>
internal sealed class RegistryTagCalls(IDatabase database, RegistryAccess registry, RegisteredModels models) : IMlflowCalls
{
    public void Map(MlflowRoutes routes)
    {
        const string ofModels = "2.0/mlflow/registered-models/";
        const string ofVersions = "2.0/mlflow/model-versions/";
        routes.Add("POST", ofModels + "set-tag", "mlflow.registeredModels.update", SetModelAsync);
        routes.Add("DELETE", ofModels + "delete-tag", "mlflow.registeredModels.update", DeleteModelAsync);
        routes.Add("POST", ofVersions + "set-tag", "mlflow.modelVersions.update", SetVersionAsync);
        routes.Add("DELETE", ofVersions + "delete-tag", "mlflow.modelVersions.update", DeleteVersionAsync);
    }

    private async Task SetModelAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, key, value) = (arguments.Required("name"), arguments.Required("key"), arguments.Text("value") ?? "");
        RegistryChecks.Tag(key, value);
        await database.WriteAsync(
            session =>
            {
                models.SetTag(session, registry.Model(session, call, name), key, value);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DeleteModelAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, key) = (arguments.Required("name"), arguments.Required("key"));
        await database.WriteAsync(
            session =>
            {
                RegistryTags.Delete(session, registry.Model(session, call, name), key);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task SetVersionAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, key, value) = (
            arguments.Required("name"),
            arguments.Required("version"),
            arguments.Required("key"),
            arguments.Text("value") ?? ""
        );
        RegistryChecks.Tag(key, value);
        await database.WriteAsync(
            session =>
            {
                models.SetTag(session, registry.Version(session, call, name, version), key, value);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DeleteVersionAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, version, key) = (arguments.Required("name"), arguments.Required("version"), arguments.Required("key"));
        await database.WriteAsync(
            session =>
            {
                RegistryTags.Delete(session, registry.Version(session, call, name, version), key);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }
}
