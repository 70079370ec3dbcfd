using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>Who may use whom is written down, and is so.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Sources = Path.Combine(Checkout.Root, "src");

    [Fact]
    public void the_table_of_who_uses_whom_says_what_the_projects_say()
    {
        var written = File.ReadLines(Path.Combine(Checkout.Root, "docs", "architecture.md"))
            .Select(static line => Row().Match(line))
            .Where(static row => row.Success)
            .ToDictionary(static row => row.Groups[1].Value, static row => row.Groups[2].Value.Trim());
        var projects = Directory
            .GetFiles(Sources, "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(static file => Path.GetFileNameWithoutExtension(file), Uses);
        written.Keys.Order(StringComparer.Ordinal).ShouldBe(projects.Keys.Order(StringComparer.Ordinal));
        foreach (var (project, uses) in projects)
        {
            written[project].ShouldBe(uses, $"docs/architecture.md, the row of {project}");
        }
    }

    [Fact]
    public void what_comes_along_with_another_project_cannot_be_used() =>
        File.ReadAllText(Path.Combine(Sources, "Directory.Build.props"))
            .ShouldContain("<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>");

    [Theory]
    [InlineData("Cairn.Mlflow")]
    [InlineData("Cairn.Classic")]
    [InlineData("Cairn.Imports")]
    public void nobody_but_the_host_and_the_command_line_uses_a_door(string door) =>
        Directory
            .GetFiles(Sources, "*.csproj", SearchOption.AllDirectories)
            .Where(file => Uses(file).Split(", ").Contains(door["Cairn.".Length..]))
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .ShouldBeSubsetOf(["Cairn.Server", "Cairn.Cli"]);

    private static string Uses(string project)
    {
        var names = XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)["Cairn.".Length..])
            .Order(StringComparer.Ordinal)
            .ToList();
        return names.Count == 0 ? "–" : string.Join(", ", names);
    }

    [GeneratedRegex(@"^\| `(Cairn\.\w+)` \| .* \| (.*) \|$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
