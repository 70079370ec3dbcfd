using System.Collections.Concurrent;
using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Logs;

/// <summary>How many tails of a project are open at this server: each looks into the log again and again.</summary>
internal sealed class LogTailLimits
{
    /// <summary>Cloud Logging's own limit.</summary>
    private const int MaxOfProject = 10;

    private readonly ConcurrentDictionary<string, int> _open = new();

    /// <summary>Opens a tail, which is open until disposed.</summary>
    /// <exception cref="StatusException">RESOURCE_EXHAUSTED.</exception>
    public IDisposable Open(string project)
    {
        if (_open.AddOrUpdate(project, 1, static (_, count) => count + 1) > MaxOfProject)
        {
            Close(project);
            throw StatusException.ResourceExhausted($"{MaxOfProject} tails of the log of project '{project}' are open; close one first.");
        }

        return new Tail(this, project);
    }

    private void Close(string project) => _open.AddOrUpdate(project, 0, static (_, count) => count - 1);

    private sealed class Tail(LogTailLimits limits, string project) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                limits.Close(project);
            }
        }
    }
}
