using Cairn.Kernel.Errors;

namespace Cairn.Tracking.LoggedModels;

internal enum LoggedModelFieldKind
{
    Attribute,
    Metric,
    Param,
    Tag,
}

/// <summary>
/// What a path of a filter or order names: <c>metrics.a</c>, <c>params.b</c>, <c>tags.c</c>, <c>name</c> or <c>attributes.name</c>.
/// </summary>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Key">The name; of an attribute its column.</param>
internal readonly record struct LoggedModelField(LoggedModelFieldKind Kind, string Key)
{
    public bool IsNumber =>
        Kind == LoggedModelFieldKind.Metric || (Kind == LoggedModelFieldKind.Attribute && Key is "created" or "updated");

    /// <exception cref="StatusException">INVALID_ARGUMENT for an entity or attribute that logged models do not have.</exception>
    public static LoggedModelField Parse(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var (entity, key) = dot < 0 ? ("attributes", path) : (path[..dot].ToLowerInvariant(), path[(dot + 1)..]);
        LoggedModelFieldKind? kind = entity switch
        {
            "metric" or "metrics" => LoggedModelFieldKind.Metric,
            "param" or "params" => LoggedModelFieldKind.Param,
            "tag" or "tags" => LoggedModelFieldKind.Tag,
            "attribute" or "attributes" => LoggedModelFieldKind.Attribute,
            _ => null,
        };
        if (kind is null || key.Length == 0)
        {
            throw StatusException.InvalidArgument(
                $"Invalid entity type: '{path}' names nothing of a logged model. Write metrics.NAME, params.NAME, tags.NAME, or an attribute such as name."
            );
        }

        return new LoggedModelField(kind.Value, kind == LoggedModelFieldKind.Attribute ? Column(key) : key);
    }

    private static string Column(string name) =>
        name.ToLowerInvariant() switch
        {
            "model_id" => "model_id",
            "name" => "name",
            "model_type" => "model_type",
            "source_run_id" => "source_run",
            "artifact_location" or "artifact_uri" => "artifact_uri",
            "status" => "status",
            "creation_time" or "creation_timestamp" or "creation_timestamp_ms" => "created",
            "last_updated_timestamp" or "last_updated_timestamp_ms" => "updated",
            _ => throw StatusException.InvalidArgument(
                $"Logged models have no attribute '{name}' to search by. There are model_id, name, model_type, status, source_run_id, artifact_location, creation_timestamp and last_updated_timestamp."
            ),
        };
}
