using System.Globalization;
using Cairn.Kernel.Errors;

namespace Cairn.Tuning.Names;

/// <summary><c>projects/{project}/locations/{location}/studies/{study}</c>; the study's number is unique by itself.</summary>
public readonly record struct StudyName(string Parent, long Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static StudyName Parse(string text, string field) =>
        text.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "studies", var id]
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new StudyName($"projects/{project}/locations/{location}", number)
            : throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/studies/NUMBER."
            );

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Parent}/studies/{Id}");
}
