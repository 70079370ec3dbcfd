using Cairn.Models.Names;

namespace Cairn.Models.Registered;

/// <summary>What the registry knows of a version beside its resource, which has its description and aliases.</summary>
/// <param name="Model">The row of its model.</param>
/// <param name="Name">The model's name in its location.</param>
/// <param name="Resource">The model's resource.</param>
/// <param name="HasDefault">See <see cref="NamedModel.HasDefault"/>.</param>
/// <param name="Version">The number.</param>
/// <param name="Stage"><c>None</c>, <c>Staging</c>, <c>Production</c> or <c>Archived</c>.</param>
/// <param name="Origin">What it was registered from.</param>
/// <param name="Created">Milliseconds since 1970, as is <paramref name="Updated"/>.</param>
public sealed record NamedVersion(
    long Model,
    string Name,
    string Resource,
    bool HasDefault,
    long Version,
    string Stage,
    RegistrationOrigin Origin,
    long Created,
    long Updated
)
{
    /// <summary><c>…/models/{model}@{number}</c>.</summary>
    public ModelName FullName => ModelName.Parse($"{Resource}@{Version}", "name");
}
