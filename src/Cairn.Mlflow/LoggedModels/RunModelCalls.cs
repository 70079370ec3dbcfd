using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.Tracking;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.LoggedModels;

/// <summary><c>2.0/mlflow/runs/outputs</c>: the models that a run made.</summary>
internal sealed class RunModelCalls(IDatabase database, RunAccess runs, LoggedModelAccess access) : IMlflowCalls
{
    private const int MaxModels = 1_000;

    public void Map(MlflowRoutes routes) => routes.Add("POST", "2.0/mlflow/runs/outputs", "mlflow.runs.update", LogOutputsAsync);

    private async Task LogOutputsAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var id = arguments.RunId;
        var models = arguments
            .Objects("models")
            .Select(static model => (Id: model.Required("model_id"), Step: model.Number("step") ?? 0))
            .ToList();
        if (models.Count > MaxModels)
        {
            throw StatusException.InvalidArgument(
                $"A request can name at most {MaxModels} models of a run; it names {models.Count}. Split them across several requests."
            );
        }

        await database.WriteAsync(
            session =>
            {
                var run = runs.Active(session, call, id);
                foreach (var (model, step) in models)
                {
                    LoggedModelLinks.Add(session, run, access.Active(session, call, model), isOutput: true, step);
                }

                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }
}
