using System.Text;
using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// <c>matchGlob</c> of Cloud Storage: <c>*</c> any characters but <c>/</c>, <c>**</c> any characters, <c>?</c> one character but <c>/</c>,
/// <c>[a-z]</c> and
/// <c>[!a]</c> one of a set, <c>{a,b}</c> alternatives, <c>\</c> the next character as it is.
/// </summary>
public sealed class ObjectGlob
{
    private const int MaxLength = 1024;

    private readonly Regex _pattern;

    private ObjectGlob(Regex pattern) => _pattern = pattern;

    /// <exception cref="StatusException">INVALID_ARGUMENT with what is wrong.</exception>
    public static ObjectGlob Parse(string glob)
    {
        if (glob.Length > MaxLength)
        {
            throw Invalid(glob, $"it is longer than {MaxLength} characters");
        }

        var regex = new StringBuilder("^(?:");
        var depth = 0;
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*' when i + 1 < glob.Length && glob[i + 1] == '*':
                    i++;
                    // "**/" also stands for no folder at all.
                    if (i + 1 < glob.Length && glob[i + 1] == '/')
                    {
                        i++;
                        regex.Append("(?:.*/)?");
                    }
                    else
                    {
                        regex.Append(".*");
                    }

                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    i = AppendSet(glob, i, regex);
                    break;
                case '{':
                    depth++;
                    regex.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    regex.Append(')');
                    break;
                case ',' when depth > 0:
                    regex.Append('|');
                    break;
                case '\\' when i + 1 < glob.Length:
                    regex.Append(Regex.Escape(glob[++i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        if (depth > 0)
        {
            throw Invalid(glob, "a '{' is not closed");
        }

        try
        {
            // Without backtracking, so that no glob takes longer than the name is long.
            return new ObjectGlob(
                new Regex(
                    regex.Append(")\\z").ToString(),
                    RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant
                )
            );
        }
        catch (ArgumentException)
        {
            throw Invalid(glob, "a set of characters in it is not well-formed");
        }
    }

    public bool Matches(string name) => _pattern.IsMatch(name);

    private static int AppendSet(string glob, int start, StringBuilder regex)
    {
        var end = glob.IndexOf(']', start + 1);
        if (end < 0)
        {
            throw Invalid(glob, "a '[' is not closed");
        }

        var set = glob[(start + 1)..end];
        var negated = set.StartsWith('!') || set.StartsWith('^');
        regex
            .Append(negated ? "[^" : "[")
            .Append((negated ? set[1..] : set).Replace("\\", "\\\\").Replace("[", "\\[").Replace("^", "\\^"))
            .Append(']');
        return end;
    }

    private static StatusException Invalid(string glob, string objection) =>
        StatusException.InvalidArgument($"Invalid Value: `matchGlob` is '{glob}'; {objection}.");
}
