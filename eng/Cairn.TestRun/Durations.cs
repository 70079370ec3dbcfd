using System.Globalization;

namespace Cairn.TestRun;

/// <summary>
/// How long each project took, in whole seconds: a line each, <c>NAME SECONDS</c>. The longest begin first, so that none runs alone at the
/// end.
/// </summary>
internal static class Durations
{
    /// <summary>The projects, longest first; one that the file does not know comes before all.</summary>
    public static IReadOnlyList<TestProject> LongestFirst(IEnumerable<TestProject> projects, string file)
    {
        var known = File.Exists(file)
            ? File.ReadLines(file)
                .Select(line => line.Split(' '))
                .Where(words => words.Length == 2)
                .ToDictionary(words => words[0], words => int.Parse(words[1], CultureInfo.InvariantCulture))
            : [];
        return [.. projects.OrderByDescending(project => known.GetValueOrDefault(project.Name, int.MaxValue))];
    }

    public static void Write(IEnumerable<ProjectRun> runs, string file) =>
        File.WriteAllLines(
            file,
            runs.OrderByDescending(r => r.Elapsed)
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Project.Name} {r.Elapsed.TotalSeconds:0}"))
        );
}
