using Cairn.Kernel.Database;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;

namespace Cairn.Mlflow.Tracking;

/// <summary><c>2.0/mlflow/runs/search</c></summary>
internal sealed class RunSearchCalls(IDatabase database, RunSearch search, RunAccess access) : IMlflowCalls
{
    public void Map(MlflowRoutes routes) => routes.Add("POST", "2.0/mlflow/runs/search", "mlflow.runs.list", SearchAsync);

    private async Task SearchAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var ids = arguments.Texts("experiment_ids");
        var known = await database.ReadAsync(session => access.Experiments(session, call, ids), call.Cancellation);
        var page = await search.SearchAsync(
            new RunQuery(known)
            {
                Filter = arguments.Text("filter") ?? "",
                OrderBy = arguments.Texts("order_by"),
                Stage = Views.Stage(arguments.Name("run_view_type")),
                PageSize = Views.PageSize(arguments.Number("max_results"), RunQuery.MaxPage),
                PageToken = arguments.Text("page_token"),
            },
            call.Cancellation
        );
        var (inputs, models) = await database.ReadAsync(
            session => (RunInputs.Of(session, page.Runs), LoggedModelLinks.Of(session, page.Runs)),
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WriteStartArray("runs");
            foreach (var run in page.Runs)
            {
                json.WriteRun(run, page.Data[run.Id], inputs[run.Id], [.. models[run.Id]]);
            }

            json.WriteEndArray();
            Views.WriteToken(json, page.NextPageToken);
        });
    }
}
