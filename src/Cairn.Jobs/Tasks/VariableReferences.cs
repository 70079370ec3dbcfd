using System.Text.RegularExpressions;

namespace Cairn.Jobs.Tasks;

/// <summary>References to variables in the values of others.</summary>
internal static partial class VariableReferences
{
    /// <summary>
    /// Replaces <c>$(NAME)</c> by the value of a variable that is known by then; <c>$$(NAME)</c> stands for the text <c>$(NAME)</c>, and
    /// references to what is not known stay as they are (<c>EnvVar.value</c> in <c>env_var.proto</c>).
    /// </summary>
    /// <param name="value">The text.</param>
    /// <param name="isTurn">Whether references to a variable are replaced now; others stay, escaped ones as well, for a later time.</param>
    /// <param name="known">The value of a variable, or null.</param>
    public static string Expand(string value, Func<string, bool> isTurn, Func<string, string?> known) =>
        Reference()
            .Replace(
                value,
                match =>
                    !isTurn(match.Groups[1].Value) ? match.Value
                    : match.Value.StartsWith("$$", StringComparison.Ordinal) ? match.Value[1..]
                    : known(match.Groups[1].Value) ?? match.Value
            );

    [GeneratedRegex(@"\$?\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Reference();
}
