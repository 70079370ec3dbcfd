using System.Diagnostics;

namespace Cairn.TestRun;

/// <summary>One test project's run: what it reported, and what is wrong with the run itself, if anything.</summary>
internal sealed record ProjectRun(TestProject Project, IReadOnlyList<TestOutcome> Outcomes, string? Fault, TimeSpan Elapsed)
{
    public static async Task<ProjectRun> StartAsync(TestProject project, Options options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (!File.Exists(project.Program))
        {
            return new ProjectRun(project, [], $"'{project.Program}' was not built", clock.Elapsed);
        }

        string[] filter = options.Filter is { } method ? ["-method", method] : [];
        var (outcomes, exit, fault) = await TestProgram.RunAsync(project, project.Name, filter, options, cancellation);
        var log = Path.Combine(options.Results, project.Name + ".log");
        fault ??= outcomes.Count == 0 && options.Filter is null ? $"left no results (exit code {exit}); see {log}" : null;
        fault ??= exit != 0 && !outcomes.Any(o => o.Failed) ? $"exited with {exit} though no test failed: {Complaint(log)}" : null;
        return new ProjectRun(project, outcomes, fault, clock.Elapsed);
    }

    /// <summary>What failed beside the tests, such as what all of them share when it was put away; the log where nothing says so.</summary>
    private static string Complaint(string log)
    {
        var lines = File.ReadLines(log)
            .SkipWhile(static line => !line.Contains("Cleanup Failure", StringComparison.Ordinal))
            .Take(6)
            .Select(static line => line.Trim())
            .ToList();
        return lines.Count > 0 ? string.Join("\n         ", lines) : $"see {log}";
    }
}
