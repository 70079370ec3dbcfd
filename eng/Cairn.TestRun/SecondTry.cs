namespace Cairn.TestRun;

/// <summary>
/// Runs each method that failed once more, alone, when everything else has ended. What then passes is flaky: it is told as such and does
/// not fail the run; what fails twice does.
/// </summary>
internal static class SecondTry
{
    /// <summary>More failures than these are no chance of the machine's, and are not tried again.</summary>
    private const int Most = 20;

    /// <summary>The runs with the second outcome of what failed at first, and the first outcome of what passed then.</summary>
    public static async Task<(IReadOnlyList<ProjectRun> Runs, IReadOnlyList<TestOutcome> Flaky)> RunAsync(
        IReadOnlyList<ProjectRun> runs,
        Options options,
        CancellationToken cancellation
    )
    {
        var failed = runs.Sum(run => FailedMethods(run).Count());
        if (failed is 0 or > Most || cancellation.IsCancellationRequested)
        {
            return (runs, []);
        }

        var again = new List<ProjectRun>();
        var flaky = new List<TestOutcome>();
        foreach (var run in runs)
        {
            var outcomes = run.Outcomes;
            foreach (var method in FailedMethods(run).ToList())
            {
                Console.WriteLine($"again    {method}");
                var name = $"{run.Project.Name}.again{flaky.Count + again.Count}.{method[(method.LastIndexOf('.') + 1)..]}";
                var (second, exit, _) = await TestProgram.RunAsync(run.Project, name, ["-method", method], options, cancellation);
                if (exit == 0 && second.Count > 0 && !second.Any(o => o.Failed))
                {
                    flaky.AddRange(outcomes.Where(o => o.Method == method && o.Failed));
                    outcomes = [.. outcomes.Where(o => o.Method != method), .. second];
                }
            }

            again.Add(run with { Outcomes = outcomes });
        }

        return (again, flaky);
    }

    private static IEnumerable<string> FailedMethods(ProjectRun run) => run.Outcomes.Where(o => o.Failed).Select(o => o.Method).Distinct();
}
