namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>A registered model as MLflow sees it.</summary>
/// <param name="Id">The row.</param>
/// <param name="Name">Its name, unique in the location; in the registry the display name.</param>
/// <param name="Resource">The registry's model, <c>projects/…/models/…</c>, which exists once there is a version.</param>
/// <param name="HasDefault">Whether MLflow has given the alias <c>default</c>.</param>
/// <param name="Created">Milliseconds since 1970, as is <paramref name="Updated"/>.</param>
internal sealed record RegisteredName(
    long Id,
    string Project,
    string Location,
    string Name,
    string Resource,
    string Description,
    long Created,
    long Updated,
    bool HasDefault
);
