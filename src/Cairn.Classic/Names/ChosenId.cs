using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;

namespace Cairn.Classic.Names;

/// <summary>An identifier that the caller chooses: of a job, a model or a version.</summary>
internal static partial class ChosenId
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static string Require(string id, string field) =>
        Form().IsMatch(id)
            ? id
            : throw StatusException.InvalidArgument(
                $"`{field}` is '{(id.Length > 200 ? id[..200] + "…" : id)}'; it must start with a letter, and have at most 128 letters, digits and underscores."
            );

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex Form();
}
