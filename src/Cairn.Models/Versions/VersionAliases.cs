using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;

namespace Cairn.Models.Versions;

/// <summary>Aliases of a model's versions. An alias belongs to one version; <c>default</c> always belongs to one.</summary>
public static partial class VersionAliases
{
    public const string Default = "default";

    private const int MaxLength = 128;

    /// <summary>
    /// Applies a merge: <c>golden</c> adds an alias, <c>-golden</c> removes it, and both together cancel out. One of another form, which
    /// another door gave, can be removed.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where an alias has not the form that distinguishes it from a version's
    /// number.</exception>
    public static (IReadOnlySet<string> Added, IReadOnlySet<string> Removed) Parse(IEnumerable<string> aliases)
    {
        HashSet<string> added = [];
        HashSet<string> removed = [];
        foreach (var alias in aliases)
        {
            var removes = alias.StartsWith('-');
            var name = removes ? alias[1..] : alias;
            if (!removes)
            {
                Require(name);
            }

            (removes ? removed : added).Add(name);
        }

        var both = added.Intersect(removed).ToArray();
        added.ExceptWith(both);
        removed.ExceptWith(both);
        return (added, removed);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(string alias)
    {
        if (alias.Length > MaxLength || !Form().IsMatch(alias))
        {
            throw StatusException.InvalidArgument(
                $"`version_aliases` has '{alias}'; an alias starts with a letter a-z, has letters, digits, '.' and '-' after it, ends with none of those two, and has 2 to {MaxLength} characters."
            );
        }
    }

    // The dot is more than the reference documents, but the clients' own examples use it ("v.1").
    [GeneratedRegex("^[a-z][a-zA-Z0-9.-]*[a-zA-Z0-9]$")]
    private static partial Regex Form();
}
