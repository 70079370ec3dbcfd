namespace Cairn.TestRun;

/// <summary>What one test came to.</summary>
/// <param name="Method">The full name of the method that holds it, <c>Namespace.Class.method</c>; a theory's cases share one.</param>
/// <param name="Outcome"><c>Passed</c>, <c>Failed</c> or <c>NotExecuted</c>, as result files have it.</param>
/// <param name="Reason">Why it failed or was skipped; empty where it passed.</param>
internal sealed record TestOutcome(string Name, string Method, string Outcome, string Reason, TimeSpan Duration)
{
    public bool Failed => Outcome is not ("Passed" or "NotExecuted");
}
