using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Names;

/// <summary><c>projects/{project}/locations/{location}</c>, which most resources lie in.</summary>
public readonly record struct LocationName(string Project, string Location)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static LocationName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(parts[0], parts[1]);
    }

    public override string ToString() => $"projects/{Project}/locations/{Location}";
}
