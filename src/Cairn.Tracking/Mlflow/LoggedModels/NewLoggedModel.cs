namespace Cairn.Tracking.Mlflow.LoggedModels;

/// <summary>What creates a logged model. An empty name is made up.</summary>
public sealed record NewLoggedModel(
    string Name, string Type, string SourceRun, IReadOnlyList<KeyValuePair<string, string>> Params, IReadOnlyList<KeyValuePair<string, string>> Tags);
