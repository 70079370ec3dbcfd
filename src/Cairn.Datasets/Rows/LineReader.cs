using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>Lines of UTF-8, blank ones passed over. The span is valid until the next line is read.</summary>
internal sealed class LineReader(Stream stream)
{
    private readonly ByteFeed _feed = new(stream);
    private int _record;
    private int _consumed;

    /// <summary>The line's number, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The line, without white space at its ends.</summary>
    public ReadOnlySpan<byte> Record
    {
        get
        {
            var line = _feed.Held[.._record];
            return (Line == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line).Trim(" \t\r"u8);
        }
    }

    /// <summary>Goes to the next line; false at the end.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a line that is too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        _feed.Consume(_consumed);
        (_record, _consumed) = (0, 0);
        Line++;
        while (true)
        {
            var end = _feed.Held.IndexOf((byte)'\n');
            if (end >= 0 || (_feed.AtEnd && _feed.Held.Length > 0))
            {
                _record = end < 0 ? _feed.Held.Length : end;
                _consumed = end < 0 ? _record : end + 1;
                if (Record.Length > 0)
                {
                    return true;
                }

                _feed.Consume(_consumed);
                (_record, _consumed) = (0, 0);
                Line++;
                continue;
            }

            if (_feed.AtEnd)
            {
                return false;
            }

            await _feed.FillAsync(cancellation);
        }
    }
}
