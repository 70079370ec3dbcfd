namespace Cairn.Server.Health;

/// <summary>What the doctor found out about one thing.</summary>
/// <param name="Subject">What was looked at: <c>database</c>, <c>disk</c>.</param>
/// <param name="Severity">Whether something has to be done.</param>
/// <param name="Text">A sentence; with the way out where something has to be done.</param>
public sealed record Finding(string Subject, Severity Severity, string Text);

/// <summary>Whether something has to be done.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and may not for long, or not for everything.</summary>
    Warning,

    /// <summary>The server does not start, or does not answer as it should.</summary>
    Bad,
}
