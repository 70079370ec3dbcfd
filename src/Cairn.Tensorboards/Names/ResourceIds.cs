using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

/// <summary>Identifiers that callers choose, and those that are made from names.</summary>
public static partial class ResourceIds
{
    private const int MaxLength = 128;

    /// <exception cref="StatusException">INVALID_ARGUMENT where the text is not 1 to 128 of a-z, 0-9 and '-', beginning with a letter or
    /// digit.</exception>
    public static void Require(string field, string id)
    {
        if (!Id().IsMatch(id))
        {
            throw StatusException.InvalidArgument(
                $"`{field}` is '{id}'; it must be 1 to {MaxLength} characters of a-z, 0-9 and '-', and begin with a letter or a digit."
            );
        }
    }

    /// <summary>
    /// The identifier for a name that may hold anything: the name itself where it can be one, else what is left of it and a digest that
    /// tells it from others.
    /// </summary>
    public static string FromName(string name)
    {
        if (Id().IsMatch(name))
        {
            return name;
        }

        var slug = Other().Replace(name.ToLowerInvariant(), "-").Trim('-');
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        return slug.Length == 0 ? $"run-{digest}" : $"{slug[..Math.Min(slug.Length, MaxLength - 9)]}-{digest}";
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,127}$")]
    private static partial Regex Id();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();
}
