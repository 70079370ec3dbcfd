using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Cairn.Jobs.Agent;

namespace Cairn.Jobs.Executors;

/// <summary>
/// Which program the agents of this machine are: the native one beside the server's, which starts in a few milliseconds, where the build
/// has made it and it runs here; else the server's own.
/// </summary>
internal sealed class NativeAgent
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>What was found beside each of the server's programs, of which there is mostly one.</summary>
    private readonly ConcurrentDictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>The program and its first arguments.</summary>
    /// <param name="cairn">The server's program.</param>
    public IReadOnlyList<string> Command(string cairn) =>
        _known.GetOrAdd(cairn, static cairn => Find(cairn)) is { } native ? [native] : [cairn, "agent"];

    private static string? Find(string cairn)
    {
        var program = File.ResolveLinkTarget(cairn, returnFinalTarget: true)?.FullName ?? cairn;
        var native = Path.Combine(Path.GetDirectoryName(program)!, AgentProgram.FileName);
        return File.Exists(native) && Runs(native) ? native : null;
    }

    /// <summary>One that was built on a newer machine may ask for a newer C library.</summary>
    private static bool Runs(string native)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(native, [AgentProgram.Check]))!;
            if (process.WaitForExit(Limit))
            {
                return process.ExitCode == 0;
            }

            process.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
