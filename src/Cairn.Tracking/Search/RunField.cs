using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

internal enum RunFieldKind
{
    Attribute,
    Metric,
    Param,
    Tag,
    Dataset,
}

/// <summary>
/// What a path of a filter or order names: <c>metrics.a</c>, <c>params.b</c>, <c>tags.c</c>, <c>dataset.name</c>,
/// <c>attributes.start_time</c> or <c>start_time</c>.
/// </summary>
internal readonly record struct RunField(RunFieldKind Kind, string Key)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT for an entity or attribute that runs do not have.</exception>
    public static RunField Parse(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var (entity, key) = dot < 0 ? ("attribute", path) : (path[..dot].ToLowerInvariant(), path[(dot + 1)..]);
        RunFieldKind? kind = entity switch
        {
            "metric" or "metrics" => RunFieldKind.Metric,
            "param" or "params" or "parameter" or "parameters" => RunFieldKind.Param,
            "tag" or "tags" => RunFieldKind.Tag,
            "dataset" or "datasets" => RunFieldKind.Dataset,
            "attribute" or "attributes" or "attr" or "run" => RunFieldKind.Attribute,
            _ => null,
        };
        if (kind is null || key.Length == 0)
        {
            throw StatusException.InvalidArgument(
                $"'{path}' names nothing of a run. Write metrics.NAME, params.NAME, tags.NAME, dataset.name, or an attribute such as start_time."
            );
        }

        return new RunField(kind.Value, kind == RunFieldKind.Attribute ? Attribute(key) : key);
    }

    private static string Attribute(string key) =>
        key.ToLowerInvariant() switch
        {
            "run_id" or "run_uuid" or "id" => "uuid",
            "run_name" or "name" or "run name" => "name",
            "status" => "status",
            "start_time" or "created" or "date" => "started",
            "end_time" => "ended",
            "artifact_uri" => "artifact_uri",
            "user_id" or "user" => "user_name",
            "experiment_id" => "experiment",
            _ => throw StatusException.InvalidArgument(
                $"Runs have no attribute '{key}' to search by. There are run_id, run_name, status, start_time, end_time, artifact_uri, user_id and experiment_id."
            ),
        };
}
