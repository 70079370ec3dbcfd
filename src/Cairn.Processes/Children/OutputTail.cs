namespace Cairn.Processes.Children;

/// <summary>The last lines that a process wrote: what explains its end.</summary>
internal sealed class OutputTail
{
    private const int Kept = 40;
    private const int MaxLine = 2_000;

    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line.Length > MaxLine ? line[..MaxLine] : line);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>The last line, or an empty string.</summary>
    public string Last()
    {
        lock (_lines)
        {
            return _lines.Count == 0 ? "" : _lines.Last();
        }
    }

    /// <summary>The last lines, for a sentence about a process that ended by itself.</summary>
    public string Last(int count)
    {
        lock (_lines)
        {
            return string.Join(" / ", _lines.TakeLast(count).Select(l => l.Trim()));
        }
    }
}
