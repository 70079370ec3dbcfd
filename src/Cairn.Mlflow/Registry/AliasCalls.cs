using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Models.Registered;

namespace Cairn.Mlflow.Registry;

/// <summary><c>2.0/mlflow/registered-models/alias</c></summary>
internal sealed class AliasCalls(IDatabase database, RegistryAccess registry, RegistryViews views, RegisteredModels models) : IMlflowCalls
{
    public void Map(MlflowRoutes routes)
    {
        const string at = "2.0/mlflow/registered-models/alias";
        routes.Add("POST", at, "mlflow.registeredModels.update", SetAliasAsync);
        routes.Add("DELETE", at, "mlflow.registeredModels.update", DeleteAliasAsync);
        routes.Add("GET", at, "mlflow.registeredModels.get", GetAliasAsync);
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
                var model = registry.Model(session, call, name);
                models.SetAlias(session, model, registry.Version(session, model, version), alias);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    /// <summary>Takes an alias away, if there is one of the name.</summary>
    private async Task DeleteAliasAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (name, alias) = (arguments.Required("name"), ModelAlias.Check(arguments.Required("alias")));
        await database.WriteAsync(
            session =>
            {
                var model = registry.Model(session, call, name);
                if (!ModelAlias.IsLatest(alias) && registry.Aliased(session, model, alias) is { } version)
                {
                    models.RemoveAlias(session, model, version, alias);
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
                views.Version(
                    session,
                    registry.Aliased(session, registry.Model(session, call, name), alias)
                        ?? throw StatusException.InvalidArgument($"Registered model alias {alias} not found.")
                ),
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WritePropertyName("model_version");
            RegistryJson.Write(writer, view);
        });
    }
}
