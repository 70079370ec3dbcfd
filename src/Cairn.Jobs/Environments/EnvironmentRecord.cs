namespace Cairn.Jobs.Environments;

/// <summary>What is in an environment.</summary>
/// <param name="Interpreter">The interpreter that it adds to.</param>
/// <param name="Requirements">What was asked for.</param>
/// <param name="Installed">What was installed for that, as <c>NAME VERSION</c>.</param>
/// <param name="Bytes">How much of the disk it takes.</param>
public sealed record EnvironmentRecord(
    string Interpreter,
    IReadOnlyList<string> Requirements,
    IReadOnlyList<string> Installed,
    long Bytes,
    DateTimeOffset Built
);
