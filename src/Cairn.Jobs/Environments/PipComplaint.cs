using System.Text.RegularExpressions;

namespace Cairn.Jobs.Environments;

/// <summary>Turns what pip says of its trouble into a sentence for the person whose job it is.</summary>
internal sealed partial class PipComplaint(string interpreter, string? index, string? links, ToolResult result)
{
    private const int MaxQuoted = 1_000;

    /// <summary>The way out, wherever something is missing.</summary>
    public const string WayOut =
        "Install them there, add their wheels to package_uris, or start the server with a --pip-find-links folder that has them.";

    private static readonly string[] Signs =
    [
        "NewConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "NameResolutionError",
        "ProxyError",
        "ProtocolError",
        "Max retries exceeded",
    ];

    /// <summary>Whether the package index did not answer.</summary>
    public bool Unreachable { get; } = index is not null && Signs.Any(sign => result.Error.Contains(sign, StringComparison.Ordinal));

    /// <summary>What every such sentence begins with.</summary>
    public static string Start(string interpreter) => $"The job's packages require what the environment '{interpreter}' does not have";

    /// <param name="needed">All that is needed.</param>
    /// <param name="without">What of it is known not to be at hand.</param>
    public string Sentence(IReadOnlyList<NeededPackage> needed, IReadOnlyList<NeededPackage> without)
    {
        if (Conflict().Match(result.Output + "\n" + result.Error) is { Success: true } conflict)
        {
            return $"{Start(interpreter)}: {string.Join(", ", needed)}. They cannot be installed together, for they contradict each other: {string.Join("; ", Lines(conflict.Groups[1].Value))}.";
        }

        if (without.Count > 0)
        {
            return $"{Start(interpreter)}, and which cannot be installed: {string.Join(", ", without)}. {Place()} {WayOut}";
        }

        if (NotFound().Match(result.Error) is { Success: true } missing)
        {
            var asker = missing.Groups["asker"] is { Success: true, Value: var value } ? $" (which {value} requires)" : "";
            var there = missing.Groups["versions"].Value is "none" or "" ? "" : $"; there are only {missing.Groups["versions"].Value}";
            return $"{Start(interpreter)}, and which cannot be installed: {missing.Groups["what"].Value}{asker}{there}. {Place()} {WayOut}";
        }

        if (result.Error.Contains("No module named pip", StringComparison.Ordinal))
        {
            return $"{Start(interpreter)}: {string.Join(", ", needed)}. It has no pip to install them with; on Debian, install the package python3-pip. {WayOut}";
        }

        var last = string.Join('\n', Lines(result.Error).TakeLast(8));
        return $"{Start(interpreter)}: {string.Join(", ", needed)}. pip could not install them: {(last.Length > MaxQuoted ? "…" + last[^MaxQuoted..] : last)}";
    }

    private string Place() =>
        (Shown(index), links) switch
        {
            ({ } address, null) => Unreachable
                ? $"The package index {address} cannot be reached."
                : $"The package index {address} does not have it.",
            ({ } address, { } folder) => Unreachable
                ? $"The package index {address} cannot be reached, and '{folder}' does not have it."
                : $"Neither the package index {address} nor '{folder}' has it.",
            (_, { } folder) => $"'{folder}' does not have it.",
            _ => "",
        };

    /// <summary>An index's address without the password that may be in it.</summary>
    private static string? Shown(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : address;

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0);

    [GeneratedRegex(@"The conflict is caused by:\n((?:[ \t]+\S.*\n?)+)")]
    private static partial Regex Conflict();

    [GeneratedRegex(
        @"satisfies the requirement (?<what>.+?)(?: \(from (?!versions)(?<asker>[^)]*)\))? \(from versions: (?<versions>[^)]*)\)"
    )]
    private static partial Regex NotFound();
}
