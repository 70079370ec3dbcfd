using System.Globalization;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Runs;

/// <summary>Ids in resource names, made from the names that people give.</summary>
public static class Slugs
{
    public const int MaxLength = 128;

    /// <summary>Lower-case letters, digits and single hyphens; what has none of them becomes <paramref name="otherwise"/>.</summary>
    public static string Of(string name, string otherwise)
    {
        var slug = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var rune in name.EnumerateRunes())
        {
            if (slug.Length == MaxLength)
            {
                break;
            }

            if (rune.IsAscii && Rune.IsLetterOrDigit(rune))
            {
                slug.Append(char.ToLowerInvariant((char)rune.Value));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var text = slug.ToString().Trim('-');
        return text.Length > 0 ? text : otherwise;
    }

    /// <summary><paramref name="slug"/> with a suffix, within the limit.</summary>
    public static string With(string slug, string suffix) =>
        slug[..Math.Min(slug.Length, MaxLength - suffix.Length - 1)].TrimEnd('-') + "-" + suffix;

    /// <summary>
    /// <paramref name="slug"/> if it is free, else the first that is free with a suffix: the one that is given, then that one or nothing
    /// with 2, 3, …
    /// </summary>
    public static string Free(string slug, string? suffix, Func<string, bool> taken)
    {
        var free = taken(slug) && suffix is not null ? With(slug, suffix) : slug;
        for (var i = 2; taken(free); i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            free = With(slug, suffix is null ? number : $"{suffix}-{number}");
        }

        return free;
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static string Check(string slug, string what)
    {
        if (
            slug.Length is 0 or > MaxLength
            || !char.IsAsciiLetterOrDigit(slug[0])
            || slug.Any(static c =>
                !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-' || c == '_' || char.IsAsciiLetterUpper(c))
            )
        )
        {
            throw StatusException.InvalidArgument(
                $"The id of the {what} is '{slug}'; it must be 1 to {MaxLength} letters, digits and hyphens, and begin with a letter or digit."
            );
        }

        return slug;
    }
}
