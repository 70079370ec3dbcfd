namespace Cairn.Tensorboards.Events;

/// <summary>
/// Reads an event file piece by piece, also one that still grows: <c>while (await reader.FillAsync()) { var cursor = reader.Open(); while
/// (cursor.MoveNext()) …; reader.Close(cursor); }</c>. When <see cref="FillAsync"/> is false at the file's present end, it may be called
/// again later and goes on where the last whole record ended.
/// </summary>
public sealed class EventFileReader(Stream stream, TagTable tags, EventLimits? limits = null, long offset = 0) : IAsyncDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly EventLimits _limits = limits ?? EventLimits.Default;
    private byte[] _buffer = new byte[PieceBytes];
    private int _length;
    private int _needed = 1;
    private readonly List<long> _oversized = [];
    private bool _sought;
    private OversizedRecord? _passing;

    /// <summary>The position in the file up to which all records are done with; reading can begin there another time.</summary>
    public long Offset { get; private set; } = offset;

    public EventStatus Status { get; private set; }

    /// <summary>What is wrong at <see cref="Offset"/>, for <see cref="EventStatus.Corrupt"/>.</summary>
    public string? Reason { get; private set; }

    /// <summary>How many damaged records were passed over.</summary>
    public int Skipped { get; private set; }

    /// <summary>The bytes of each record that was too long to be read, and was passed over.</summary>
    public IReadOnlyList<long> Oversized => _oversized;

    /// <summary>Reads on; false at the file's present end and at damage.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation = default)
    {
        if (Status == EventStatus.Corrupt)
        {
            return false;
        }

        if (!_sought)
        {
            await SeekAsync(cancellation);
            _sought = true;
        }

        if (_passing is not null)
        {
            if (!await PassAsync(_passing, cancellation))
            {
                return false;
            }

            _passing = null;
            if (_length > 0)
            {
                return true;
            }
        }

        var before = _length;
        while (_length < Math.Max(_needed, before + 1))
        {
            if (_length == _buffer.Length)
            {
                // Only as fast as bytes come in: what a header claims is not believed in advance.
                Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_needed, PieceBytes), _buffer.Length * 2L));
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellation);
            if (read == 0)
            {
                break;
            }

            _length += read;
        }

        return _length > before && _length >= _needed;
    }

    /// <summary>A cursor over what has been read and is not done with.</summary>
    public EventCursor Open() => new(_buffer.AsSpan(0, _length), tags, _limits);

    /// <summary>Takes over how far a cursor of <see cref="Open"/> has come.</summary>
    public void Close(in EventCursor cursor)
    {
        var done = cursor.Consumed;
        _buffer.AsSpan(done, _length - done).CopyTo(_buffer);
        _length -= done;
        Offset += done;
        Skipped += cursor.Skipped;
        Status = cursor.Status;
        Reason = cursor.Reason;
        _needed = cursor.Status == EventStatus.Incomplete ? cursor.Needed : 1;
        _passing = cursor.Status == EventStatus.Oversized ? new OversizedRecord(cursor.Oversized) : null;
        if (_length == 0 && _buffer.Length > 4 * PieceBytes)
        {
            _buffer = new byte[PieceBytes];
        }
    }

    /// <summary>Lets a record go by that is too long; false where the file does not have all of it yet, and where it is damaged.</summary>
    private async ValueTask<bool> PassAsync(OversizedRecord record, CancellationToken cancellation)
    {
        while (true)
        {
            var taken = record.Take(_buffer.AsSpan(0, _length));
            _buffer.AsSpan(taken, _length - taken).CopyTo(_buffer);
            _length -= taken;
            if (record.IsWhole)
            {
                break;
            }

            _length = await stream.ReadAsync(_buffer, cancellation);
            if (_length == 0)
            {
                return false;
            }
        }

        if (record.IsSound)
        {
            _oversized.Add(record.Total);
        }
        else if (_limits.SkipCorrupt)
        {
            Skipped++;
        }
        else
        {
            (Status, Reason) = (EventStatus.Corrupt, $"the checksum of its {record.Total} bytes is wrong");
            return false;
        }

        Offset += record.Total;
        Status = EventStatus.Reading;
        return true;
    }

    /// <summary>A stream from an object store may know no other way forward than reading.</summary>
    private async Task SeekAsync(CancellationToken cancellation)
    {
        if (stream.CanSeek)
        {
            stream.Seek(Offset, SeekOrigin.Begin);
            return;
        }

        for (var left = Offset; left > 0; )
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length)), cancellation);
            left -= read > 0 ? read : left;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
