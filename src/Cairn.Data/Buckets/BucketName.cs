using System.Net;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Buckets;

/// <summary>
/// The rules for bucket names, as Cloud Storage documents them; without its proof of ownership for names that are domains.
/// </summary>
public static class BucketName
{
    /// <exception cref="StatusException">INVALID_ARGUMENT with the rule that the name breaks.</exception>
    public static string Require(string name)
    {
        if (Objection(name) is { } objection)
        {
            throw StatusException.InvalidArgument($"Invalid bucket name: '{name}'. {objection}");
        }

        return name;
    }

    private static string? Objection(string name)
    {
        var dotted = name.Contains('.');
        if (name.Length < 3 || name.Length > (dotted ? 222 : 63))
        {
            return dotted ? "A name with dots has 3 to 222 characters." : "A name has 3 to 63 characters.";
        }

        if (name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-_."))
        {
            return "A name has only lower-case letters, digits, dashes, underscores and dots.";
        }

        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
        {
            return "A name begins and ends with a letter or a digit.";
        }

        foreach (var part in name.Split('.'))
        {
            if (part.Length is 0 or > 63)
            {
                return "Each part between dots has 1 to 63 characters.";
            }

            if (dotted && (part[0] == '-' || part[^1] == '-'))
            {
                return "A dot does not stand beside a dash.";
            }
        }

        if (name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _))
        {
            return "A name is no IP address.";
        }

        return name.StartsWith("goog", StringComparison.Ordinal) || name.Contains("google", StringComparison.Ordinal)
            ? "A name does not begin with 'goog' and does not contain 'google'."
            : null;
    }
}
