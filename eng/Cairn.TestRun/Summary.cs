namespace Cairn.TestRun;

/// <summary>Prints what was slow, skipped, flaky and failed, with reasons, and the sum as the last line.</summary>
internal static class Summary
{
    /// <summary>True where everything ran and nothing failed.</summary>
    public static bool Print(IReadOnlyList<ProjectRun> runs, IReadOnlyList<TestOutcome> flaky, TextWriter to)
    {
        foreach (var test in runs.SelectMany(r => r.Outcomes).OrderByDescending(t => t.Duration).Take(10))
        {
            to.WriteLine($"slow     {test.Duration.TotalSeconds, 5:0.0} s  {test.Name}");
        }

        foreach (var run in runs)
        {
            foreach (var test in run.Outcomes.Where(t => t.Outcome == "NotExecuted"))
            {
                to.WriteLine($"skipped  {test.Name}: {FirstLine(test.Reason)}");
            }
        }

        foreach (var test in flaky)
        {
            to.WriteLine($"flaky    {test.Name} passed when it ran alone; at first:\n         {Indented(test)}");
        }

        foreach (var run in runs)
        {
            foreach (var test in run.Outcomes.Where(t => t.Failed))
            {
                to.WriteLine($"FAILED   {test.Name}\n         {Indented(test)}");
            }
        }

        foreach (var run in runs.Where(r => r.Fault is not null))
        {
            to.WriteLine($"FAILED   {run.Project.Name} {run.Fault}");
        }

        var outcomes = runs.SelectMany(r => r.Outcomes).ToList();
        var passed = outcomes.Count(t => t.Outcome == "Passed");
        var skipped = outcomes.Count(t => t.Outcome == "NotExecuted");
        // A project whose run itself went wrong counts as one failure, so that the line cannot look clean.
        var failed = outcomes.Count(t => t.Failed) + runs.Count(r => r.Fault is not null);
        if (passed + failed == 0)
        {
            to.WriteLine("FAILED   no test ran");
            failed = 1;
        }

        to.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0;
    }

    public static string Line(ProjectRun run)
    {
        var state = run.Fault is not null || run.Outcomes.Any(t => t.Failed) ? "FAILED" : "ok";
        return $"{state, -7}  {run.Project.Name}: {run.Outcomes.Count} tests in {run.Elapsed.TotalSeconds:0.0} s";
    }

    private static string Indented(TestOutcome test) => test.Reason.ReplaceLineEndings("\n         ");

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
