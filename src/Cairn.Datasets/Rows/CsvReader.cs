using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>
/// Comma-separated values as RFC 4180 has them, in UTF-8, record by record: a field in double quotes may hold commas, line ends and doubled
/// quotes. Blank lines are passed over. The spans are valid until the next record is read.
/// </summary>
internal sealed class CsvReader(Stream stream)
{
    private readonly ByteFeed _feed = new(stream);
    private readonly List<(int Start, int Length, bool Unescaped)> _fields = [];
    private readonly List<byte> _unescaped = [];
    private int _record;
    private int _consumed;
    private int _lines = 1;
    private bool _begun;

    /// <summary>The line that the record begins on, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The record as it stands in the file, without its line end.</summary>
    public ReadOnlySpan<byte> Record => _feed.Held[.._record];

    /// <summary>How many fields the record has.</summary>
    public int Count => _fields.Count;

    /// <summary>A field's value, without quotes.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        _fields[index] switch
        {
            { Unescaped: true } field => System
                .Runtime.InteropServices.CollectionsMarshal.AsSpan(_unescaped)
                .Slice(field.Start, field.Length),
            var field => _feed.Held.Slice(field.Start, field.Length),
        };

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no CSV; <see cref="Line"/> says where.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        _feed.Consume(_consumed);
        _consumed = 0;
        _record = 0;
        Line += _lines;
        _lines = 0;
        if (!_begun)
        {
            _begun = true;
            await SkipMarkAsync(cancellation);
        }

        while (true)
        {
            if (_feed.Held.Length > 0 && TrySkipBlankLine())
            {
                continue;
            }

            if (_feed.Held.Length > 0 && TryParse())
            {
                return true;
            }

            if (_feed.AtEnd)
            {
                return false;
            }

            await _feed.FillAsync(cancellation);
        }
    }

    private async ValueTask SkipMarkAsync(CancellationToken cancellation)
    {
        while (_feed.Held.Length < 3 && !_feed.AtEnd)
        {
            await _feed.FillAsync(cancellation);
        }

        if (_feed.Held.StartsWith("\uFEFF"u8))
        {
            _feed.Consume(3);
        }
    }

    private bool TrySkipBlankLine()
    {
        var held = _feed.Held;
        var length =
            held[0] == '\n' ? 1
            : held.StartsWith("\r\n"u8) ? 2
            : 0;
        _feed.Consume(length);
        Line += length > 0 ? 1 : 0;
        return length > 0;
    }

    /// <summary>Parses the record at the beginning of what is held; false where its end is not there yet.</summary>
    private bool TryParse()
    {
        _fields.Clear();
        _unescaped.Clear();
        var held = _feed.Held;
        for (var at = 0; ; )
        {
            if (at < held.Length && held[at] == '"')
            {
                if (TryQuoted(held, at) is not { } after)
                {
                    return false;
                }

                at = after;
            }
            else
            {
                var length = held[at..].IndexOfAny((byte)',', (byte)'\n');
                if (length < 0 && !_feed.AtEnd)
                {
                    return false;
                }

                length = length < 0 ? held.Length - at : length;
                var ends = at + length == held.Length || held[at + length] == '\n';
                _fields.Add((at, ends && length > 0 && held[at + length - 1] == '\r' ? length - 1 : length, false));
                at += length;
            }

            if (at < held.Length && held[at] == ',')
            {
                at++;
                if (at == held.Length && !_feed.AtEnd)
                {
                    return false;
                }

                continue;
            }

            End(held, at);
            return true;
        }
    }

    /// <summary>
    /// Reads the quoted field at <paramref name="at"/>; returns where what follows it begins, or null where the file has to be read on.
    /// </summary>
    private int? TryQuoted(ReadOnlySpan<byte> held, int at)
    {
        var first = at + 1;
        var copied = -1;
        for (var from = first; ; )
        {
            var quote = held[from..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return _feed.AtEnd
                    ? throw StatusException.InvalidArgument("a field in double quotes begins in this record and does not end.")
                    : null;
            }

            quote += from;
            if (quote + 1 == held.Length && !_feed.AtEnd)
            {
                return null;
            }

            if (quote + 1 < held.Length && held[quote + 1] == '"')
            {
                copied = copied < 0 ? _unescaped.Count : copied;
                _unescaped.AddRange(held[from..(quote + 1)]);
                from = quote + 2;
                continue;
            }

            if (copied >= 0)
            {
                _unescaped.AddRange(held[from..quote]);
                _fields.Add((copied, _unescaped.Count - copied, true));
            }
            else
            {
                _fields.Add((first, quote - first, false));
            }

            var after = quote + 1;
            if (after < held.Length && held[after] == '\r')
            {
                if (after + 1 == held.Length && !_feed.AtEnd)
                {
                    return null;
                }

                after++;
            }

            return after == held.Length || held[after] is (byte)',' or (byte)'\n'
                ? after
                : throw StatusException.InvalidArgument(
                    "text follows the closing quote of a field; a quote inside a quoted field is written twice."
                );
        }
    }

    private void End(ReadOnlySpan<byte> held, int at)
    {
        _record = at;
        _consumed = at;
        if (at < held.Length)
        {
            _consumed++;
        }

        if (_record > 0 && held[_record - 1] == '\r')
        {
            _record--;
        }

        _lines = held[.._consumed].Count((byte)'\n');
    }
}
