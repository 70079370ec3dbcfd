namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>A version of a registered model as MLflow sees it.</summary>
/// <param name="Model">The registered model's row.</param>
/// <param name="Name">The registered model's name.</param>
/// <param name="Version">The number, the same as in the registry.</param>
/// <param name="Stage"><c>None</c>, <c>Staging</c>, <c>Production</c> or <c>Archived</c>.</param>
/// <param name="Source">What it was registered from, in the caller's words.</param>
/// <param name="Run">The run that made it, or empty.</param>
/// <param name="Location">The address of its files when it was registered; empty where the source is that.</param>
/// <param name="ModelId">The logged model that it is, or empty.</param>
internal sealed record NamedVersion(
    long Model,
    string Name,
    long Version,
    string Stage,
    string Description,
    string Source,
    string Run,
    string RunLink,
    string User,
    long Created,
    long Updated,
    string Location = "",
    string ModelId = ""
);
