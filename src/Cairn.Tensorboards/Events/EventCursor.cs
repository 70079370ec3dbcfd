using System.Buffers.Binary;
using Cairn.Kernel.Checksums;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// Goes through the values in a piece of a TensorBoard event file, without garbage for each. The file is a row of TFRecords: the payload's
/// length (8 bytes, little end first), the masked CRC of these 8 bytes (4), the payload, its masked CRC (4)
/// (<c>tensorflow/core/lib/io/record_writer.h</c>); each payload is a
/// <c>tensorflow.Event</c> (<c>event.proto</c>), whose field numbers stand below. A piece begins at a record's start; where it ends inside
/// one, reading goes on at <see cref="Consumed"/> when more has come.
/// </summary>
public ref struct EventCursor
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;

    private readonly ReadOnlySpan<byte> _buffer;
    private readonly TagTable _tags;
    private readonly EventLimits _limits;
    private EventRecord _record;
    private int _next;

    /// <param name="buffer">Bytes of the file from a record's start on.</param>
    /// <param name="tags">The run's tags, which outlive the piece.</param>
    public EventCursor(ReadOnlySpan<byte> buffer, TagTable tags, EventLimits? limits = null)
    {
        _buffer = buffer;
        _tags = tags;
        _limits = limits ?? EventLimits.Default;
    }

    public EventKind Kind => _record.Kind;

    /// <summary>The tag of a value.</summary>
    public Tag Tag => _record.Tag!;

    public long Step => _record.Step;

    /// <summary>Seconds since 1970.</summary>
    public double WallTime => _record.WallTime;

    /// <summary>The number of a <see cref="EventKind.Scalar"/>.</summary>
    public double Scalar => _record.Scalar;

    /// <summary>The bytes of any other value.</summary>
    public ReadOnlySpan<byte> Payload => _record.Payload;

    public EventStatus Status { get; private set; }

    /// <summary>What is wrong, for <see cref="EventStatus.Corrupt"/>.</summary>
    public string? Reason { get; private set; }

    /// <summary>How many bytes of the piece are done with: the start of the record that comes next, or of the damaged one.</summary>
    public readonly int Consumed => _next;

    /// <summary>Where the record that the present value came from starts.</summary>
    public int RecordStart { get; private set; }

    /// <summary>How many bytes from <see cref="Consumed"/> on an incomplete record has, as far as is known.</summary>
    public int Needed { get; private set; }

    /// <summary>The bytes of the record at <see cref="Consumed"/> that is too long to be read.</summary>
    public int Oversized { get; private set; }

    /// <summary>How many damaged records were passed over.</summary>
    public int Skipped { get; private set; }

    /// <summary>Goes to the next value; false at the piece's end, and at damage.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            switch (_record.MoveNext(_tags))
            {
                case RecordStep.Value:
                    return true;
                case RecordStep.Malformed when !_limits.SkipCorrupt:
                    _next = RecordStart;
                    return Stop(EventStatus.Corrupt, _record.Reason ?? "its content is not an event");
                case RecordStep.Malformed:
                    Skipped++;
                    break;
            }

            if (!NextRecord())
            {
                return false;
            }
        }
    }

    private bool NextRecord()
    {
        while (true)
        {
            var rest = _buffer[_next..];
            if (rest.Length < HeaderBytes)
            {
                Needed = HeaderBytes;
                return Stop(rest.IsEmpty ? EventStatus.End : EventStatus.Incomplete);
            }

            var reason = CheckHeader(rest, out var length);
            if (reason is null && length > _limits.MaxRecordBytes)
            {
                RecordStart = _next;
                Oversized = length;
                return Stop(EventStatus.Oversized);
            }

            if (reason is null)
            {
                Needed = HeaderBytes + length + FooterBytes;
                if (rest.Length < Needed)
                {
                    return Stop(EventStatus.Incomplete);
                }

                var payload = rest.Slice(HeaderBytes, length);
                RecordStart = _next;
                if (MaskedCrc.Of(payload) == BinaryPrimitives.ReadUInt32LittleEndian(rest[(HeaderBytes + length)..]))
                {
                    _next += Needed;
                    _record = new EventRecord(payload);
                    return true;
                }

                reason = $"the checksum of its {length} bytes is wrong";
            }

            if (!_limits.SkipCorrupt)
            {
                return Stop(EventStatus.Corrupt, reason);
            }

            Skipped++;
            if (!Resynchronise())
            {
                return Stop(_next == _buffer.Length ? EventStatus.End : EventStatus.Incomplete);
            }
        }
    }

    /// <param name="length">May be longer than a record that is read.</param>
    private readonly string? CheckHeader(ReadOnlySpan<byte> header, out int length)
    {
        length = 0;
        if (MaskedCrc.Of(header[..8]) != BinaryPrimitives.ReadUInt32LittleEndian(header[8..]))
        {
            return "the checksum of its length is wrong";
        }

        var declared = BinaryPrimitives.ReadUInt64LittleEndian(header);
        if (declared > (ulong)_limits.MaxPassedBytes)
        {
            return $"it says that it has {declared} bytes; at most {_limits.MaxPassedBytes} are accepted";
        }

        length = (int)declared;
        return null;
    }

    /// <summary>
    /// Looks for the next header whose checksum is right. The last bytes, which may be part of one, are left for the next piece.
    /// </summary>
    private bool Resynchronise()
    {
        var at = _next + 1;
        for (; at + HeaderBytes <= _buffer.Length; at++)
        {
            if (CheckHeader(_buffer[at..], out _) is null)
            {
                _next = at;
                return true;
            }
        }

        // What is left is shorter than a header.
        _next = at;
        Needed = HeaderBytes;
        return false;
    }

    private bool Stop(EventStatus status, string? reason = null)
    {
        Status = status;
        Reason = reason;
        return false;
    }
}
