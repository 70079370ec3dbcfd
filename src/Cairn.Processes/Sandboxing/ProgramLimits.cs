using System.Globalization;
using Cairn.Processes.Children;
using Cairn.Processes.Interop;

namespace Cairn.Processes.Sandboxing;

/// <summary>
/// What the kernel holds a program of a user to by limits of its processes (setrlimit(2)); core files it never writes. They are set by
/// <c>prlimit</c> (of util-linux), which then becomes the
/// program. What is not given is not limited.
/// </summary>
internal sealed record ProgramLimits
{
    /// <summary>How many processes and threads it may have at once.</summary>
    public int? Processes { get; init; } = 4096;

    /// <summary>How many files each of its processes may have open.</summary>
    public int? OpenFiles { get; init; } = 16_384;

    /// <summary>How many bytes it may keep in <c>/dev/shm</c>.</summary>
    public long? SharedMemory { get; init; } = 1L << 30;

    /// <summary>Why these limits cannot be set on this machine, or null.</summary>
    public static string? Obstacle =>
        HostTools.Find("prlimit") is not null
            ? null
            : "the program 'prlimit' (of util-linux) is not installed, which holds programs of users to their limits";

    /// <summary>A program under these limits.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="ownProcesses">Whether the kernel counts this program's processes alone, rather than all those of a user who has
    /// others.</param>
    public IReadOnlyList<string> Apply(IReadOnlyList<string> command, bool ownProcesses) =>
        [
            HostTools.Find("prlimit") ?? "prlimit",
            "--core=0",
            .. PermittedOpenFiles is { } files ? Option("nofile", files) : [],
            .. ownProcesses && Processes is { } processes ? Option("nproc", processes) : [],
            "--",
            .. command,
        ];

    /// <summary>Holds this process, and what it starts from now on, to the limits of each single process.</summary>
    public unsafe void ApplyToThisProcess()
    {
        var limits = stackalloc ulong[2];
        (limits[0], limits[1]) = (0, 0);
        _ = Libc.SetLimit(Libc.LimitOfCoreFiles, limits);
        if (PermittedOpenFiles is { } files)
        {
            (limits[0], limits[1]) = ((ulong)files, (ulong)files);
            _ = Libc.SetLimit(Libc.LimitOfOpenFiles, limits);
        }
    }

    /// <summary><see cref="OpenFiles"/>, but no more than this process may have itself: only who has the right to may give more.</summary>
    public long? PermittedOpenFiles => OpenFiles is { } files ? Math.Min(files, Own(Libc.LimitOfOpenFiles) ?? files) : null;

    /// <summary>The most that this process may have of something itself; null for no limit.</summary>
    internal static unsafe long? Own(int resource)
    {
        var limits = stackalloc ulong[2];
        return Libc.GetLimit(resource, limits) == 0 && limits[1] <= long.MaxValue ? (long)limits[1] : null;
    }

    private static string[] Option(string name, long value) => [string.Create(CultureInfo.InvariantCulture, $"--{name}={value}:{value}")];
}
