using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tenancy;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;

namespace Cairn.Mlflow.Tracking;

/// <summary><c>2.0/mlflow/experiments/…</c></summary>
internal sealed class ExperimentCalls(
    IDatabase database,
    ExperimentStore experiments,
    RunAccess access,
    ExperimentSearch search,
    ITenantGate gate
) : IMlflowCalls
{
    private const int MaxDatasets = 1_000;

    /// <summary>Experiments whose datasets are searched at once.</summary>
    private const int MaxSearched = 20;

    public void Map(MlflowRoutes routes)
    {
        routes.Add("POST", "2.0/mlflow/experiments/create", "mlflow.experiments.create", CreateAsync);
        routes.Add("GET", "2.0/mlflow/experiments/get", "mlflow.experiments.get", GetAsync);
        routes.Add("GET", "2.0/mlflow/experiments/get-by-name", "mlflow.experiments.get", GetByNameAsync);
        routes.Add("GET", "2.0/mlflow/experiments/search", "mlflow.experiments.list", SearchAsync);
        routes.Add("POST", "2.0/mlflow/experiments/search", "mlflow.experiments.list", SearchAsync);
        routes.Add("GET", "2.0/mlflow/experiments/list", "mlflow.experiments.list", SearchAsync);
        routes.Add("POST", "2.0/mlflow/experiments/delete", "mlflow.experiments.delete", call => StageAsync(call, Lifecycle.Deleted));
        routes.Add("POST", "2.0/mlflow/experiments/restore", "mlflow.experiments.update", call => StageAsync(call, Lifecycle.Active));
        routes.Add("POST", "2.0/mlflow/experiments/update", "mlflow.experiments.update", UpdateAsync);
        routes.Add("POST", "2.0/mlflow/experiments/set-experiment-tag", "mlflow.experiments.update", SetTagAsync);
        routes.Add("POST", "2.0/mlflow/experiments/delete-experiment-tag", "mlflow.experiments.update", DeleteTagAsync);
        routes.Add("POST", "2.0/mlflow/experiments/search-datasets", "mlflow.experiments.list", SearchDatasetsAsync);
        // As the client spells it, without the slash.
        routes.Add("POST", "2.0mlflow/experiments/search-datasets", "mlflow.experiments.list", SearchDatasetsAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        await gate.RequireAsync(call.Confined, arguments.Text("artifact_location") ?? "", "artifact_location", call.Cancellation);
        var given = new NewExperiment(call.Project, call.Location)
        {
            Name = arguments.Required("name"),
            ArtifactLocation = arguments.Text("artifact_location") is { Length: > 0 } location ? ArtifactLocation(location) : null,
            Tags = MlflowNames.Tags(arguments),
        };
        var made = await database.WriteAsync(session => experiments.Create(session, given), call.Cancellation);
        await call.AnswerAsync(json => json.WriteString("experiment_id", made.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private async Task GetAsync(MlflowCall call)
    {
        var id = (await call.ArgumentsAsync()).Required("experiment_id");
        await AnswerAsync(call, session => access.Experiment(session, call, id));
    }

    private async Task GetByNameAsync(MlflowCall call)
    {
        var name = (await call.ArgumentsAsync()).Required("experiment_name");
        await AnswerAsync(
            call,
            session =>
                experiments.FindByName(session, call.Project, call.Location, name)
                ?? throw StatusException.NotFound($"Could not find experiment with name '{name}'")
        );
    }

    private async Task AnswerAsync(MlflowCall call, Func<ISqlSession, Experiment> find)
    {
        var (experiment, tags) = await database.ReadAsync(
            session =>
            {
                var found = find(session);
                return (found, experiments.Tags(session, [found]));
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WritePropertyName("experiment");
            json.WriteExperiment(experiment, tags[experiment.Id]);
        });
    }

    private async Task SearchAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var page = await search.SearchAsync(
            new ExperimentQuery(call.Project, call.Location)
            {
                Filter = arguments.Text("filter") ?? "",
                OrderBy = arguments.Texts("order_by"),
                Stage = Views.Stage(arguments.Name("view_type")),
                PageSize = Views.PageSize(arguments.Number("max_results"), ExperimentQuery.MaxPage),
                PageToken = arguments.Text("page_token"),
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WriteStartArray("experiments");
            foreach (var experiment in page.Experiments)
            {
                json.WriteExperiment(experiment, page.Tags[experiment.Id]);
            }

            json.WriteEndArray();
            Views.WriteToken(json, page.NextPageToken);
        });
    }

    private async Task StageAsync(MlflowCall call, Lifecycle stage)
    {
        var id = (await call.ArgumentsAsync()).Required("experiment_id");
        await database.WriteAsync(
            session =>
            {
                var experiment = access.Experiment(session, call, id);
                if (experiment.Stage == stage)
                {
                    throw stage == Lifecycle.Deleted
                        ? StatusException.NotFound($"No active Experiment with id={id} exists")
                        : StatusException.NotFound($"No deleted Experiment with id={id} exists");
                }

                return experiments.SetStage(session, experiment, stage);
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, name) = (arguments.Required("experiment_id"), arguments.Required("new_name"));
        await database.WriteAsync(session => experiments.Rename(session, Active(session, call, id), name), call.Cancellation);
        await call.DoneAsync();
    }

    private async Task SetTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, key, value) = (arguments.Required("experiment_id"), arguments.Required("key"), arguments.Text("value") ?? "");
        MlflowNames.Check(key, "tag");
        await database.WriteAsync(
            session =>
            {
                var experiment = Active(session, call, id);
                experiments.SetTag(session, experiment, key, value);
                experiments.Touch(session, experiment.Id);
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task DeleteTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, key) = (arguments.Required("experiment_id"), arguments.Required("key"));
        await database.WriteAsync(
            session =>
                experiments.DeleteTag(session, Active(session, call, id), key)
                    ? true
                    : throw StatusException.NotFound($"Experiment {id} has no tag '{key}'."),
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private async Task SearchDatasetsAsync(MlflowCall call)
    {
        var ids = (await call.ArgumentsAsync()).Texts("experiment_ids");
        if (ids.Count is 0 or > MaxSearched)
        {
            throw ids.Count == 0
                ? StatusException.InvalidArgument("SearchDatasets request must specify at least one experiment_id.")
                : StatusException.InvalidArgument(
                    $"SearchDatasets request cannot specify more than {MaxSearched} experiment_ids. Received {ids.Count} experiment_ids."
                );
        }

        var found = await database.ReadAsync(
            session => RunInputs.Summaries(session, access.Experiments(session, call, ids), MaxDatasets),
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WriteStartArray("dataset_summaries");
            foreach (var (experiment, name, digest, context) in found)
            {
                json.WriteStartObject();
                json.WriteString("experiment_id", experiment.ToString(CultureInfo.InvariantCulture));
                json.WriteString("name", name);
                json.WriteString("digest", digest);
                json.WriteString("context", context);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private Experiment Active(ISqlSession session, MlflowCall call, string id) =>
        access.Experiment(session, call, id) is { Stage: Lifecycle.Active } experiment
            ? experiment
            : throw StatusException.InvalidArgument($"The experiment {id} must be in the 'active' state. Current state is deleted.");

    /// <summary>Where a client may say that artifacts go: an address of objects, never a path of the server's.</summary>
    private static string ArtifactLocation(string location)
    {
        if (
            location.Contains('#', StringComparison.Ordinal)
            || location.Contains('?', StringComparison.Ordinal)
            || location.Split('/').Contains("..")
        )
        {
            throw StatusException.InvalidArgument($"'artifact_location' URL can't include fragments, queries or '..': it is '{location}'.");
        }

        return
            location.StartsWith("gs://", StringComparison.Ordinal)
            || location.StartsWith("mlflow-artifacts:/", StringComparison.Ordinal)
            || location.StartsWith("s3://", StringComparison.Ordinal)
            ? location
            : throw StatusException.InvalidArgument(
                $"'artifact_location' is '{location}'; it must be gs://bucket/folder, s3://bucket/folder or mlflow-artifacts:/folder. Leave it out to have this server keep the artifacts."
            );
    }
}
