namespace Cairn.Cli.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The page, from the project's root.</param>
/// <param name="Line">The number of its first line of code.</param>
/// <param name="Language">What follows the fence; empty where nothing does.</param>
public sealed record CodeBlock(string Page, int Line, string Language, string Text)
{
    private const string Fence = "```";

    /// <summary>Every block of a page.</summary>
    public static IEnumerable<CodeBlock> Of(string page, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var opening = lines[i].TrimStart();
            if (!opening.StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            var end = Array.FindIndex(lines, i + 1, static line => line.TrimStart().StartsWith(Fence, StringComparison.Ordinal));
            end.ShouldBeGreaterThan(i, $"{page}:{i + 1} opens a block that nothing closes");
            yield return new CodeBlock(page, i + 2, opening[Fence.Length..].Trim(), string.Join('\n', lines[(i + 1)..end]) + "\n");
            i = end;
        }
    }

    public override string ToString() => $"{Page}:{Line}";
}
