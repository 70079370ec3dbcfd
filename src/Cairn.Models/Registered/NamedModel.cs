namespace Cairn.Models.Registered;

/// <summary>A model by the name that is its own in a location. It may have no version yet, and then has no resource either.</summary>
/// <param name="Id">The row.</param>
/// <param name="Name">Its name, unique in the location, of at most 256 characters without '/' and ':'.</param>
/// <param name="Resource">The model's resource, <c>projects/…/models/…</c>, which is there while there is a version.</param>
/// <param name="Description">The description of a model without versions; that of others is their resource's, and this is empty.</param>
/// <param name="Created">Milliseconds since 1970, as is <paramref name="Updated"/>.</param>
/// <param name="HasDefault">Whether the alias <c>default</c>, which every model with a version has, was given over MLflow, which tells it only then.</param>
public sealed record NamedModel(
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
