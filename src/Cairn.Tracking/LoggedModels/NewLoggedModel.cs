namespace Cairn.Tracking.LoggedModels;

/// <summary>What creates a logged model. An empty name is made up.</summary>
public sealed record NewLoggedModel(
    string Name,
    string Type,
    string SourceRun,
    IReadOnlyList<KeyValuePair<string, string>> Params,
    IReadOnlyList<KeyValuePair<string, string>> Tags
)
{
    /// <summary>The id that it has had elsewhere; a new one where null.</summary>
    public string? ModelId { get; init; }

    /// <summary>Milliseconds since 1970; the present time where null.</summary>
    public long? Created { get; init; }
}
