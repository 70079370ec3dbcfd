using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.Tracking;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.LoggedModels;

/// <summary><c>2.0/mlflow/logged-models</c>: made, read, finished, tagged, deleted.</summary>
internal sealed class LoggedModelCalls(
    IDatabase database,
    LoggedModelStore models,
    LoggedModelReader reader,
    LoggedModelAccess access,
    RunAccess runs
) : IMlflowCalls
{
    private const int MaxFields = 1_000;

    public void Map(MlflowRoutes routes)
    {
        routes.Add("POST", "2.0/mlflow/logged-models", "mlflow.loggedModels.create", CreateAsync);
        routes.Add("GET", "2.0/mlflow/logged-models/{model_id}", "mlflow.loggedModels.get", GetAsync);
        routes.Add("PATCH", "2.0/mlflow/logged-models/{model_id}", "mlflow.loggedModels.update", FinalizeAsync);
        routes.Add("DELETE", "2.0/mlflow/logged-models/{model_id}", "mlflow.loggedModels.delete", DeleteAsync);
        routes.Add("POST", "2.0/mlflow/logged-models/{model_id}/params", "mlflow.loggedModels.update", LogParamsAsync);
        routes.Add("PATCH", "2.0/mlflow/logged-models/{model_id}/tags", "mlflow.loggedModels.update", SetTagsAsync);
        routes.Add("DELETE", "2.0/mlflow/logged-models/{model_id}/tags/{tag_key=**}", "mlflow.loggedModels.update", DeleteTagAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var id = arguments.Required("experiment_id");
        var given = new NewLoggedModel(
            arguments.Text("name") ?? "",
            arguments.Text("model_type") ?? "",
            arguments.Text("source_run_id") ?? "",
            Limited(arguments, "params"),
            Limited(arguments, "tags")
        );
        await AnswerAsync(
            call,
            session =>
            {
                runs.Mentioned(session, call, given.SourceRun);
                return models.Create(session, runs.Experiment(session, call, id), given);
            }
        );
    }

    private async Task GetAsync(MlflowCall call)
    {
        var id = call.Path("model_id");
        var deleted = (await call.ArgumentsAsync()).Flag("allow_deleted") ?? false;
        var (model, data) = await database.ReadAsync(
            session =>
            {
                var found = deleted ? access.Existing(session, call, id) : access.Active(session, call, id);
                return (found, reader.Read(session, found));
            },
            call.Cancellation
        );
        await WriteAsync(call, model, data);
    }

    private async Task FinalizeAsync(MlflowCall call)
    {
        var given = (await call.ArgumentsAsync()).Name("status");
        var status = LoggedModelStatusNames.Parse(given is { Length: > 0 } ? given : throw MlflowArguments.Missing("status"));
        if (status == LoggedModelStatus.Pending)
        {
            throw StatusException.InvalidArgument(
                "Invalid value LOGGED_MODEL_PENDING for parameter 'status' supplied: a model is finished as LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."
            );
        }

        await AnswerAsync(call, session => models.SetStatus(session, access.Active(session, call, call.Path("model_id")), status));
    }

    private async Task DeleteAsync(MlflowCall call)
    {
        await database.WriteAsync(
            session => models.Delete(session, access.Existing(session, call, call.Path("model_id"))),
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task LogParamsAsync(MlflowCall call)
    {
        var parameters = Limited(await call.ArgumentsAsync(), "params");
        await database.WriteAsync(
            session =>
            {
                var model = access.Active(session, call, call.Path("model_id"));
                LoggedModelFields.SetParams(session, model, parameters);
                return models.Touch(session, model);
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task SetTagsAsync(MlflowCall call)
    {
        var tags = Limited(await call.ArgumentsAsync(), "tags");
        await AnswerAsync(
            call,
            session =>
            {
                var model = access.Active(session, call, call.Path("model_id"));
                LoggedModelFields.SetTags(session, model, tags);
                return models.Touch(session, model);
            }
        );
    }

    private async Task DeleteTagAsync(MlflowCall call)
    {
        var key = call.Path("tag_key");
        await database.WriteAsync(
            session =>
            {
                var model = access.Active(session, call, call.Path("model_id"));
                return LoggedModelFields.DeleteTag(session, model, key)
                    ? models.Touch(session, model)
                    : throw StatusException.NotFound($"No tag with key '{key}' found for model with ID '{model.ModelId}'.");
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Limited(MlflowArguments arguments, string name) =>
        arguments.Pairs(name) is { Count: <= MaxFields } pairs
            ? pairs
            : throw StatusException.InvalidArgument(
                $"A request can contain at most {MaxFields} {name} of a logged model. Split them across several requests."
            );

    private async Task AnswerAsync(MlflowCall call, Func<ISqlSession, LoggedModel> change)
    {
        var (model, data) = await database.WriteAsync(
            session =>
            {
                var changed = change(session);
                return (changed, reader.Read(session, changed));
            },
            call.Cancellation
        );
        await WriteAsync(call, model, data);
    }

    private static Task WriteAsync(MlflowCall call, LoggedModel model, LoggedModelData data) =>
        call.AnswerAsync(json =>
        {
            json.WritePropertyName("model");
            json.WriteLoggedModel(model, data);
        });
}
