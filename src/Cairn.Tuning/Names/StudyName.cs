using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tuning.Names;

/// <summary><c>projects/{project}/locations/{location}/studies/{study}</c>; the study's number is unique by itself.</summary>
public readonly record struct StudyName(string Parent, long Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/studies/NUMBER");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static StudyName Parse(string text, string field) =>
        Pattern.Match(text) is [var project, var location, var id]
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new StudyName($"projects/{project}/locations/{location}", number)
            : throw Pattern.Malformed(text, field);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Parent}/studies/{Id}");
}
