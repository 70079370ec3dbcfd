using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Models.Names;

/// <summary><c>projects/{project}/locations/{location}/models/{model}</c>, perhaps with <c>@</c> and a version's number or alias.</summary>
/// <param name="Version">What followed <c>@</c>; empty for the model itself. <c>@-</c> is the model itself too.</param>
public readonly record struct ModelName(LocationName Parent, string Id, string Version)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/models/MODEL");

    /// <summary>The name without a version: what the resource is called.</summary>
    public string Model => $"{Parent}/models/{Id}";

    /// <summary>The version's number, of a name whose version is one.</summary>
    public long Number => long.Parse(Version, CultureInfo.InvariantCulture);

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static ModelName Parse(string text, string field)
    {
        if (Pattern.Match(text) is not [var project, var location, var last])
        {
            throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/models/MODEL, with @VERSION or @ALIAS where a version is meant."
            );
        }

        var at = last.IndexOf('@');
        var (id, version) = at < 0 ? (last, "") : (last[..at], last[(at + 1)..]);
        if (id.Length == 0 || (at >= 0 && version.Length == 0))
        {
            throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; a model's ID stands before '@', and a version's number or alias after it."
            );
        }

        return new ModelName(new LocationName(project, location), id, version == "-" ? "" : version);
    }

    public override string ToString() => Version.Length == 0 ? Model : $"{Model}@{Version}";
}
