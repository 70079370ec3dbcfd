using System.ComponentModel;
using System.Diagnostics;
using Cairn.Jobs.Agent;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors;

/// <summary>
/// Which program the agents of this machine are: the native one beside the server's, which starts in a few milliseconds, where the build
/// has made it and it runs here; else the server's own.
/// </summary>
internal sealed partial class NativeAgent(ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    /// <summary>The file that was tried, and whether it runs here.</summary>
    private (string Path, DateTime Written, bool Runs)? _known;

    /// <summary>The program and its first arguments.</summary>
    /// <param name="cairn">The server's program.</param>
    public IReadOnlyList<string> Command(string cairn)
    {
        var program = File.ResolveLinkTarget(cairn, returnFinalTarget: true)?.FullName ?? cairn;
        var native = Path.Combine(Path.GetDirectoryName(program)!, AgentProgram.FileName);
        lock (_gate)
        {
            return File.Exists(native) && Runs(native, File.GetLastWriteTimeUtc(native)) ? [native] : [cairn, "agent"];
        }
    }

    private bool Runs(string native, DateTime written)
    {
        if (_known is { } known && known.Path == native && known.Written == written)
        {
            return known.Runs;
        }

        var answer = Try(native);
        if (answer is { } runs)
        {
            _known = (native, written, runs);
        }

        return answer == true;
    }

    /// <summary>One that was built on a newer machine may ask for a newer C library. Null where it did not say in time.</summary>
    private bool? Try(string native)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(native, [AgentProgram.Check]))!;
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                Log.Late(logger, native, Limit.TotalSeconds);
                return null;
            }

            if (process.ExitCode == 0)
            {
                return true;
            }

            Log.RunsNot(logger, native, $"it ends with {process.ExitCode}");
        }
        catch (Win32Exception error)
        {
            Log.RunsNot(logger, native, error.Message);
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "{Program} does not run on this machine ({Reason}): agents of jobs are the server's own program, which starts slower. Build it here with 'make build'."
        )]
        public static partial void RunsNot(ILogger logger, string program, string reason);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "{Program} did not start within {Seconds} s: this agent is the server's own program; the native one is tried again with the next."
        )]
        public static partial void Late(ILogger logger, string program, double seconds);
    }
}
