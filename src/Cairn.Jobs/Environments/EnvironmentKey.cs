using System.Security.Cryptography;
using System.Text;

namespace Cairn.Jobs.Environments;

/// <summary>What an environment is known by: all that decides what is in it.</summary>
internal static class EnvironmentKey
{
    /// <summary>How many hexadecimal digits a key has: 128 bits.</summary>
    public const int Length = 32;

    /// <param name="interpreter">What tells one interpreter, with what it has installed, from another.</param>
    /// <param name="requirements">In the form that <c>check_requirements.py</c> gives them; their order does not count.</param>
    /// <param name="index">The package index.</param>
    /// <param name="wheels">Names of those files at hand that could be what is required.</param>
    public static string Of(string interpreter, IEnumerable<string> requirements, string? index, IEnumerable<string> wheels)
    {
        string[] parts =
        [
            "1",
            interpreter,
            index ?? "",
            .. requirements.Distinct().Order(StringComparer.Ordinal),
            "",
            .. wheels.Distinct().Order(StringComparer.Ordinal),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..Length];
    }
}
