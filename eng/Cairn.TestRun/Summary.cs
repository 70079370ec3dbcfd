namespace Cairn.TestRun;

/// <summary>Prints what was skipped and what failed, with reasons, and the sum as the last line.</summary>
internal static class Summary
{
    /// <summary>True where everything ran and nothing failed.</summary>
    public static bool Print(IReadOnlyList<ProjectRun> runs, TextWriter to)
    {
        foreach (var run in runs)
        {
            foreach (var test in run.Outcomes.Where(t => t.Outcome == "NotExecuted"))
            {
                to.WriteLine($"skipped  {test.Name}: {FirstLine(test.Reason)}");
            }
        }

        foreach (var run in runs)
        {
            foreach (var test in run.Outcomes.Where(IsFailed))
            {
                to.WriteLine($"FAILED   {test.Name}\n         {test.Reason.ReplaceLineEndings("\n         ")}");
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
        var failed = outcomes.Count(IsFailed) + runs.Count(r => r.Fault is not null);
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
        var state = run.Fault is not null || run.Outcomes.Any(IsFailed) ? "FAILED" : "ok";
        return $"{state,-7}  {run.Project.Name}: {run.Outcomes.Count} tests in {run.Elapsed.TotalSeconds:0.0} s";
    }

    private static bool IsFailed(TestOutcome test) => test.Outcome is not ("Passed" or "NotExecuted");

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
