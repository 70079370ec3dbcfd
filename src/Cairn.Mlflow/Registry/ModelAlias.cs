using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Mlflow.Registry;

/// <summary>
/// Names of aliases as MLflow has them: letters, digits, <c>_</c> and <c>-</c>, in any case and any number up to a limit.
/// </summary>
internal static class ModelAlias
{
    private const int MaxLength = 255;

    /// <summary>The alias that every model with a version has: its newest one. Nobody sets it.</summary>
    public static bool IsLatest(string alias) => alias.Equals("latest", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="StatusException">INVALID_ARGUMENT for what is the name of no alias.</exception>
    public static string Check(string alias)
    {
        if (!alias.EnumerateRunes().All(static c => Rune.IsLetterOrDigit(c) || c.Value is '_' or '-'))
        {
            throw StatusException.InvalidArgument(
                $"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-)."
            );
        }

        return Characters.Count(alias) <= MaxLength
            ? alias
            : throw StatusException.InvalidArgument(
                $"Registered model alias name '{Characters.Cut(alias, MaxLength)}…' has {Characters.Count(alias)} characters; it may have {MaxLength}."
            );
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT for a name that nobody may give: <c>latest</c>, and those that look like a
    /// version's number.</exception>
    public static string CheckFree(string alias)
    {
        if (IsLatest(alias))
        {
            throw StatusException.InvalidArgument("'latest' alias name (case insensitive) is reserved.");
        }

        return alias is ['v' or 'V', .. { Length: > 0 } number] && number.All(char.IsDigit)
            ? throw StatusException.InvalidArgument($"Version alias name '{alias}' is reserved.")
            : Check(alias);
    }
}
