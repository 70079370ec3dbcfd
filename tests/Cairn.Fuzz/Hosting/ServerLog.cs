using System.Collections.Concurrent;

namespace Cairn.Fuzz.Hosting;

/// <summary>What the server logs: its last lines, and of those that tell of errors all that have not been taken yet.</summary>
internal sealed class ServerLog
{
    private const int Kept = 30;

    private readonly ConcurrentQueue<string> _last = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public IEnumerable<string> Last => _last;

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        _last.Enqueue(line);
        if (_last.Count > Kept)
        {
            _last.TryDequeue(out _);
        }

        if (
            line.Contains(" fail: ", StringComparison.Ordinal)
            || line.Contains(" crit: ", StringComparison.Ordinal)
            || line.Contains("nhandled exception", StringComparison.Ordinal)
        )
        {
            _errors.Enqueue(line);
        }
    }

    /// <summary>The lines of errors since the last time.</summary>
    public IReadOnlyList<string> TakeErrors()
    {
        var taken = new List<string>();
        while (_errors.TryDequeue(out var line))
        {
            taken.Add(line);
        }

        return taken;
    }
}
