using System.Globalization;
using Cairn.Processes.Interop;

namespace Cairn.Processes.Sandboxing;

/// <summary>The same limits in podman's words.</summary>
internal static class ContainerLimits
{
    /// <summary>
    /// The processes of a user, which is none of the container's own: far more than one container has. podman gives no more than 32,768,
    /// the kernel's usual number of processes.
    /// </summary>
    private static long MostProcesses => Math.Min(ProgramLimits.Own(Libc.LimitOfProcesses) ?? 32_768, 32_768);

    /// <summary>Options of <c>podman run</c>. Processes are counted by a control group; podman, which is told some of these limits, would
    /// raise the others as far as only root of a machine may.</summary>
    public static IReadOnlyList<string> Of(ProgramLimits limits) =>
        [
            "--ulimit",
            "core=0:0",
            "--ulimit",
            Text($"nproc={MostProcesses}:{MostProcesses}"),
            .. (limits.PermittedOpenFiles ?? ProgramLimits.Own(Libc.LimitOfOpenFiles)) is { } files
                ? (string[])["--ulimit", Text($"nofile={files}:{files}")]
                : [],
            .. limits.Processes is { } processes ? (string[])["--pids-limit", Text($"{processes}")] : [],
            .. limits.SharedMemory is { } shared ? (string[])["--shm-size", Text($"{shared}")] : [],
        ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
