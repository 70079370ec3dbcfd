using System.Text.RegularExpressions;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tune;

/// <summary>
/// A command whose arguments have <c>{name}</c> where a parameter's value goes. It is an argument list throughout: no shell reads it.
/// </summary>
internal sealed partial class CommandTemplate(IReadOnlyList<string> arguments)
{
    /// <exception cref="CliException">A usage error for a parameter that no argument has.</exception>
    public void Require(IEnumerable<string> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (!arguments.Any(argument => argument.Contains($"{{{parameter}}}", StringComparison.Ordinal)))
            {
                throw CliException.Usage($"The command has no {{{parameter}}}; write it where the value of --param {parameter} goes.");
            }
        }
    }

    public string[] Fill(IReadOnlyDictionary<string, string> values) =>
        [
            .. arguments.Select(argument =>
                Place().Replace(argument, match => values.TryGetValue(match.Groups[1].Value, out var value) ? value : match.Value)
            ),
        ];

    /// <summary>As one would type it into a shell.</summary>
    public static string Quote(IEnumerable<string> arguments) =>
        string.Join(
            ' ',
            arguments.Select(static argument =>
                Plain().IsMatch(argument) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            )
        );

    [GeneratedRegex(@"\{([^{}\s]+)\}")]
    private static partial Regex Place();

    [GeneratedRegex("^[A-Za-z0-9_./:=,@%+-]+$")]
    private static partial Regex Plain();
}
