using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.Tracking;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.LoggedModels;

/// <summary><c>2.0/mlflow/logged-models/search</c></summary>
internal sealed class LoggedModelSearchCalls(IDatabase database, LoggedModelSearch search, RunAccess access) : IMlflowCalls
{
    public void Map(MlflowRoutes routes) => routes.Add("POST", "2.0/mlflow/logged-models/search", "mlflow.loggedModels.list", SearchAsync);

    private async Task SearchAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var ids = arguments.Texts("experiment_ids");
        if (ids.Count == 0)
        {
            throw MlflowArguments.Missing("experiment_ids");
        }

        var datasets = arguments
            .Objects("datasets")
            .Select(static item =>
                Dataset(item) ?? throw StatusException.InvalidArgument("`dataset_name` in the `datasets` clause must be specified.")
            )
            .ToList();
        var order = arguments
            .Objects("order_by")
            .Select(static item => new LoggedModelOrder(item.Required("field_name"), item.Flag("ascending") ?? true, Dataset(item)))
            .ToList();
        var known = await database.ReadAsync(session => access.Experiments(session, call, ids), call.Cancellation);
        var page = await search.SearchAsync(
            new LoggedModelQuery(known)
            {
                Filter = arguments.Text("filter") ?? "",
                Datasets = datasets,
                OrderBy = order,
                PageSize = arguments.Number("max_results") is { } asked and not 0
                    ? Views.PageSize(asked, LoggedModelQuery.MaxPage)
                    : LoggedModelQuery.DefaultPage,
                PageToken = arguments.Text("page_token"),
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WriteStartArray("models");
            foreach (var model in page.Models)
            {
                json.WriteLoggedModel(model, page.Data[model.Id]);
            }

            json.WriteEndArray();
            Views.WriteToken(json, page.NextPageToken);
        });
    }

    private static DatasetName? Dataset(MlflowArguments item) =>
        (item.Text("dataset_name"), item.Text("dataset_digest")) switch
        {
            ({ Length: > 0 } name, { Length: > 0 } digest) => new DatasetName(name, digest),
            ({ Length: > 0 } name, _) => new DatasetName(name, null),
            (_, { Length: > 0 } digest) => throw StatusException.InvalidArgument(
                $"`dataset_digest` is '{digest}' without a `dataset_name`; give both, or the name alone."
            ),
            _ => null,
        };
}
