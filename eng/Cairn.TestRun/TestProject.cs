namespace Cairn.TestRun;

/// <summary>A test project and the program that its build left.</summary>
internal sealed record TestProject(string Name, string Program)
{
    /// <summary>Every <c>*.Tests.csproj</c> below a folder, by name.</summary>
    public static IReadOnlyList<TestProject> FindBelow(string folder, string configuration) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.Tests.csproj", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                {
                    var name = Path.GetFileNameWithoutExtension(file);
                    return new TestProject(name, Path.Combine(Path.GetDirectoryName(file)!, "bin", configuration, "net10.0", name));
                }),
        ];
}
