using System.Globalization;

namespace Cairn.Processes.Peers;

/// <summary>The processes that have a socket among their open files, read from <c>/proc</c>.</summary>
internal static class SocketHolders
{
    private static readonly string? OwnSpace = PidSpace("self");

    /// <summary>Whether any of some processes has the socket.</summary>
    public static bool Any(IEnumerable<int> processes, ulong inode) => processes.Any(process => Has(process, inode));

    /// <summary>
    /// Whether a process has the socket that sees the same processes as this one does, as no program in a sandbox or container does. The
    /// youngest are looked at first: who just connected has often just begun.
    /// </summary>
    public static bool AnyBesideThisOne(ulong inode) =>
        Has(Environment.ProcessId, inode)
        || Directory
            .EnumerateDirectories("/proc")
            .Select(static path =>
                int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                    ? process
                    : 0
            )
            .Where(static process => process > 0)
            .OrderDescending()
            .Any(process =>
                Has(process, inode) && PidSpace(process.ToString(CultureInfo.InvariantCulture)) is { } space && space == OwnSpace
            );

    private static bool Has(int process, ulong inode)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        try
        {
            return Directory
                .EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd"))
                .Any(file => new FileInfo(file).LinkTarget == name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }

    private static string? PidSpace(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
