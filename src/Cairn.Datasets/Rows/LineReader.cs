using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>Lines of UTF-8, blank ones passed over. The span is valid until the next line is read.</summary>
internal sealed class LineReader(Stream stream)
{
    private readonly ByteFeed feed = new(stream);
    private int record;
    private int consumed;

    /// <summary>The line's number, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The line, without white space at its ends.</summary>
    public ReadOnlySpan<byte> Record
    {
        get
        {
            var line = feed.Held[..record];
            return (Line == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line).Trim(" \t\r"u8);
        }
    }

    /// <summary>Goes to the next line; false at the end.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a line that is too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        feed.Consume(consumed);
        (record, consumed) = (0, 0);
        Line++;
        while (true)
        {
            var end = feed.Held.IndexOf((byte)'\n');
            if (end >= 0 || (feed.AtEnd && feed.Held.Length > 0))
            {
                record = end < 0 ? feed.Held.Length : end;
                consumed = end < 0 ? record : end + 1;
                if (Record.Length > 0)
                {
                    return true;
                }

                feed.Consume(consumed);
                (record, consumed) = (0, 0);
                Line++;
                continue;
            }

            if (feed.AtEnd)
            {
                return false;
            }

            await feed.FillAsync(cancellation).ConfigureAwait(false);
        }
    }
}
