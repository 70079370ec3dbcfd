namespace Cairn.Cli.Shell;

/// <summary>A failure that is told in one sentence.</summary>
internal sealed class CliException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Whether the name that was given names nothing.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The command line itself is wrong.</summary>
    public static CliException Usage(string message) => new(message, Shell.ExitCode.Usage);
}
