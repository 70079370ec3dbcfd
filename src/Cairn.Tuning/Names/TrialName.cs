using System.Globalization;
using Cairn.Kernel.Errors;

namespace Cairn.Tuning.Names;

/// <summary><c>…/studies/{study}/trials/{number}</c>.</summary>
public readonly record struct TrialName(StudyName Study, long Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static TrialName Parse(string text, string field)
    {
        const string collection = "/trials/";
        var at = text.IndexOf(collection, StringComparison.Ordinal);
        return at > 0 && long.TryParse(text.AsSpan(at + collection.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new TrialName(StudyName.Parse(text[..at], field), number)
            : throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/studies/NUMBER/trials/NUMBER."
            );
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Study}/trials/{Id}");
}
