namespace Cairn.Cli.Shell;

/// <summary>What the program's end tells a script.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The call failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong; nothing was called.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted, as shells count it.</summary>
    public const int Interrupted = 130;
}
