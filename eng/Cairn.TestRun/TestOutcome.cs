namespace Cairn.TestRun;

/// <summary>What one test came to.</summary>
/// <param name="Outcome"><c>Passed</c>, <c>Failed</c> or <c>NotExecuted</c>, as result files have it.</param>
/// <param name="Reason">Why it failed or was skipped; empty where it passed.</param>
internal sealed record TestOutcome(string Name, string Outcome, string Reason, TimeSpan Duration);
