using Cairn.Kernel.Errors;

namespace Cairn.Models.Names;

/// <summary><c>projects/{project}/locations/{location}</c>.</summary>
public readonly record struct LocationName(string Project, string Location)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static LocationName Parse(string text, string field)
    {
        var parts = text.Split('/');
        return parts is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location]
            ? new LocationName(project, location)
            : throw StatusException.InvalidArgument($"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION.");
    }

    public override string ToString() => $"projects/{Project}/locations/{Location}";
}
