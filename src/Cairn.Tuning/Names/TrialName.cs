using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tuning.Names;

/// <summary><c>…/studies/{study}/trials/{number}</c>.</summary>
public readonly record struct TrialName(StudyName Study, long Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/studies/NUMBER/trials/NUMBER");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static TrialName Parse(string text, string field) =>
        Pattern.Match(text) is [var project, var location, var study, var id]
        && long.TryParse(study, NumberStyles.None, CultureInfo.InvariantCulture, out var studyNumber)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new TrialName(new StudyName($"projects/{project}/locations/{location}", studyNumber), number)
            : throw Pattern.Malformed(text, field);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Study}/trials/{Id}");
}
