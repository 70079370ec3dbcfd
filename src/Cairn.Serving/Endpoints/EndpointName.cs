using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Serving.Endpoints;

/// <summary><c>projects/{project}/locations/{location}/endpoints/{endpoint}</c>.</summary>
public readonly partial record struct EndpointName(LocationName Parent, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/endpoints/ENDPOINT");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static EndpointName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(new LocationName(parts[0], parts[1]), parts[2]);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where a caller's ID is not of the documented form.</exception>
    public static void RequireId(string id)
    {
        if (!Form().IsMatch(id))
        {
            throw StatusException.InvalidArgument(
                $"`endpoint_id` is '{id}'; it must be a letter a-z followed by up to 62 letters, digits and '-' (the last not '-'), or a number of up to 19 digits without leading zeros."
            );
        }
    }

    public override string ToString() => $"{Parent}/endpoints/{Id}";

    [GeneratedRegex("^(?:[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?|[1-9][0-9]{0,18})$")]
    private static partial Regex Form();
}
