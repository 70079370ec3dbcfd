using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.Tracking;
using Cairn.Models.Registered;
using Cairn.Tracking.Search;

namespace Cairn.Mlflow.Registry;

/// <summary><c>2.0/mlflow/registered-models/search</c> and <c>model-versions/search</c>.</summary>
internal sealed class RegistrySearchCalls(IDatabase database, NamedModels names, NamedVersions versions, RegistryViews views) : IMlflowCalls
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
        routes.Add("GET", "2.0/mlflow/registered-models/search", "mlflow.registeredModels.list", ModelsAsync);
        routes.Add("GET", "2.0/mlflow/model-versions/search", "mlflow.modelVersions.list", VersionsAsync);
    }

    private async Task ModelsAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (found, token) = await database.ReadAsync(
            session =>
            {
                var search = new RegistrySearch(session.Dialect, "m.project = $1 AND m.location = $2", call.Project, call.Location);
                foreach (var clause in SearchParser.Parse(arguments.Text("filter")))
                {
                    search.Add(
                        clause.Path.StartsWith("tag", StringComparison.OrdinalIgnoreCase)
                        && clause.Path.Contains('.', StringComparison.Ordinal)
                            ? search.Tag("registered_model_tags", "t.model = m.id", clause)
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
                    (condition, order, values) => names.Query(session, condition, order, values)
                );
                return (page.Select(model => views.Model(session, model)).ToList(), next);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("registered_models");
            found.ForEach(view => RegistryJson.Write(writer, view));
            writer.WriteEndArray();
            Views.WriteToken(writer, token);
        });
    }

    private async Task VersionsAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (found, token) = await database.ReadAsync(
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
                    (condition, order, values) => versions.Query(session, condition, order, values)
                );
                return (views.Versions(session, page), next);
            },
            call.Cancellation
        );
        await call.AnswerAsync(writer =>
        {
            writer.WriteStartArray("model_versions");
            foreach (var view in found)
            {
                RegistryJson.Write(writer, view);
            }

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
                "registered_version_tags",
                "t.model = v.model AND t.version = v.version",
                clause
            ),
            _ => throw StatusException.InvalidArgument(
                $"Model versions are searched by name, run_id, source_path, version_number and tags.KEY; the filter has '{clause.Path}'."
            ),
        };
    }
}
