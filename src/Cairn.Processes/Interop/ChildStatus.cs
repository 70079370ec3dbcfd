namespace Cairn.Processes.Interop;

/// <summary>How a process ended: an exit code, or the signal that killed it.</summary>
internal readonly record struct ChildStatus(int ExitCode, int? Signal)
{
    /// <summary>Decodes what <c>waitpid</c> gives.</summary>
    public static ChildStatus FromWait(int status) =>
        (status & 0x7f) == 0 ? new ChildStatus((status >> 8) & 0xff, null) : new ChildStatus(128 + (status & 0x7f), status & 0x7f);

    /// <summary>For a launcher that reports its child's death by signal as 128 + signal.</summary>
    public ChildStatus Unwrap() => Signal is null && ExitCode is > 128 and <= 128 + 64 ? this with { Signal = ExitCode - 128 } : this;
}
