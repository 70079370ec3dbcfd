namespace Cairn.Tracking.Runs;

/// <summary>A data set that a run read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">What tells its contents from others of the name.</param>
/// <param name="SourceType">What kind of source: <c>local</c>, <c>http</c>, <c>gs</c>, <c>code</c>, ….</param>
/// <param name="Source">Where it comes from, as JSON of its type.</param>
/// <param name="Schema">Its columns, as JSON; empty where unknown.</param>
/// <param name="Profile">Counts and statistics, as JSON; empty where unknown.</param>
/// <param name="Tags">How the run used it; <c>mlflow.data.context</c> is <c>training</c> or <c>eval</c>.</param>
public sealed record RunInput(
    string Name,
    string Digest,
    string SourceType,
    string Source,
    string Schema,
    string Profile,
    IReadOnlyList<KeyValuePair<string, string>> Tags
);
