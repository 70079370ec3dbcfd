using Cairn.Testing;

namespace Cairn.Cli.Tests.Documentation;

/// <summary>What the project has written for people.</summary>
internal static class Pages
{
    /// <summary>The pages, from the project's root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .GetFiles(Checkout.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md"))
            .Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "examples"), "*.md", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(Checkout.Root, file))
            .Order(StringComparer.Ordinal),
    ];

    public static string[] Lines(string page) => File.ReadAllLines(Path.Combine(Checkout.Root, page));

    public static IEnumerable<CodeBlock> Blocks(params string[] languages) =>
        All.SelectMany(static page => CodeBlock.Of(page, Lines(page))).Where(block => languages.Contains(block.Language));
}
