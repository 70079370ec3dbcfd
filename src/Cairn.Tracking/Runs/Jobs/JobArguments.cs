using System.Globalization;
using Cairn.Kernel.Store;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>
/// The options among a program's arguments, as parameters of its run: <c>--lr=0.1</c>, <c>--lr 0.1</c>, <c>--layers 64 32</c>, and
/// <c>--verbose</c>, which is true. An option that is given several times has all its values. What is named like a secret is left out.
/// </summary>
public static class JobArguments
{
    private const int MaxParams = 100;

    private static readonly string[] Secrets = ["password", "passwd", "secret", "token", "apikey", "credential", "credentials"];

    public static IReadOnlyList<Param> Read(IEnumerable<string> arguments)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var order = new List<string>();
        string? option = null;
        foreach (var argument in arguments)
        {
            if (argument == "--")
            {
                break;
            }

            if (Option(argument) is not { } text)
            {
                if (option is not null)
                {
                    values[option].Add(argument);
                }

                continue;
            }

            var equals = text.IndexOf('=', StringComparison.Ordinal);
            option = equals < 0 ? text : text[..equals];
            if (values.TryAdd(option, []))
            {
                order.Add(option);
            }

            if (equals >= 0)
            {
                values[option].Add(text[(equals + 1)..]);
                option = null;
            }
        }

        return [.. order.Where(static name => IsName(name) && !IsSecret(name)).Take(MaxParams).Select(name => ToParam(name, values[name]))];
    }

    /// <summary>An option without its hyphens, or null for a value: one that begins with a hyphen may be a negative number.</summary>
    private static string? Option(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
        : argument.Length > 1 && argument[0] == '-' && char.IsAsciiLetter(argument[1]) ? argument[1..]
        : null;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= RunFields.MaxKey && name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '/');

    private static bool IsSecret(string name)
    {
        var words = name.ToLowerInvariant().Split('_', '-', '.', ':', '/');
        return words.Any(static word => Secrets.Contains(word))
            || words.Zip(words.Skip(1)).Any(static pair => pair is ("api" or "access" or "private", "key"));
    }

    private static Param ToParam(string name, List<string> given)
    {
        var value = given.Count == 0 ? "true" : string.Join(' ', given);
        value = Characters.Cut(value, RunFields.MaxParamValue);
        return new Param(
            name,
            value,
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        );
    }
}
