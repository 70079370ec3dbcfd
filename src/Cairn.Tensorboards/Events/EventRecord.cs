using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn.Tensorboards.Events;

internal enum RecordStep
{
    /// <summary>There is nothing more in this record.</summary>
    Done,
    Value,
    Malformed,
}

/// <summary>Goes through the values of one <c>tensorflow.Event</c>.</summary>
internal ref struct EventRecord
{
    // tensorflow.Event: field number, and wire type in the lowest three bits.
    private const uint WallTimeField = (1 << 3) | WireReader.Fixed64;
    private const uint StepField = (2 << 3) | WireReader.Varint;
    private const uint FileVersionField = (3 << 3) | WireReader.Bytes;
    private const uint SummaryField = (5 << 3) | WireReader.Bytes;
    private const uint SessionLogField = (7 << 3) | WireReader.Bytes;

    // tensorflow.SessionLog.
    private const uint SessionStatusField = (1 << 3) | WireReader.Varint;
    private const ulong SessionStart = 1;

    // tensorflow.Summary and Summary.Value.
    private const uint ValueField = (1 << 3) | WireReader.Bytes;
    private const uint TagField = (1 << 3) | WireReader.Bytes;
    private const uint SimpleValueField = (2 << 3) | WireReader.Fixed32;
    private const uint ImageField = (4 << 3) | WireReader.Bytes;
    private const uint HistogramField = (5 << 3) | WireReader.Bytes;
    private const uint AudioField = (6 << 3) | WireReader.Bytes;
    private const uint TensorField = (8 << 3) | WireReader.Bytes;
    private const uint MetadataField = (9 << 3) | WireReader.Bytes;

    private readonly bool _present;
    private bool _opened;
    private WireReader _values;
    private ReadOnlySpan<byte> _payload;

    public EventRecord(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        _present = true;
    }

    public EventKind Kind { get; private set; }

    public Tag? Tag { get; private set; }

    public long Step { get; private set; }

    public double WallTime { get; private set; }

    public double Scalar { get; private set; }

    public readonly ReadOnlySpan<byte> Payload => _payload;

    public string? Reason { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecordStep MoveNext(TagTable tags)
    {
        if (!_opened)
        {
            if (!_present)
            {
                return RecordStep.Done;
            }

            _opened = true;
            if (!Open())
            {
                return RecordStep.Malformed;
            }

            if (Kind != EventKind.None)
            {
                return RecordStep.Value;
            }
        }

        while (!_values.AtEnd)
        {
            if (!_values.TryKey(out var key))
            {
                return RecordStep.Malformed;
            }

            if (key != ValueField)
            {
                if (!_values.TrySkip(key))
                {
                    return RecordStep.Malformed;
                }

                continue;
            }

            if (!_values.TryBytes(out var value) || !Read(value, tags))
            {
                return RecordStep.Malformed;
            }

            if (Kind != EventKind.None)
            {
                return RecordStep.Value;
            }
        }

        return RecordStep.Done;
    }

    /// <summary>Reads the event but for its summary, which may stand before its step.</summary>
    private bool Open()
    {
        var reader = new WireReader(_payload);
        _payload = default;
        ReadOnlySpan<byte> summary = default;
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return false;
            }

            switch (key)
            {
                case WallTimeField when reader.TryFixed64(out var bits):
                    WallTime = BitConverter.UInt64BitsToDouble(bits);
                    break;
                case StepField when reader.TryVarint(out var step):
                    Step = (long)step;
                    break;
                case SummaryField when reader.TryBytes(out summary):
                    break;
                case FileVersionField when reader.TryBytes(out _payload):
                    Kind = EventKind.FileVersion;
                    break;
                case SessionLogField when reader.TryBytes(out var log):
                    Kind = IsStart(log) ? EventKind.SessionStart : EventKind.Other;
                    break;
                case WallTimeField or StepField or SummaryField or FileVersionField or SessionLogField:
                    return false;
                default:
                    if (!reader.TrySkip(key))
                    {
                        return false;
                    }

                    Kind = EventKind.Other;
                    break;
            }
        }

        _values = new WireReader(summary);
        if (!summary.IsEmpty)
        {
            // A summary's event may carry fields that newer writers add; the values are what counts.
            Kind = Kind == EventKind.Other ? EventKind.None : Kind;
        }

        return true;
    }

    private bool Read(ReadOnlySpan<byte> value, TagTable tags)
    {
        var reader = new WireReader(value);
        ReadOnlySpan<byte> tag = default,
            metadata = default,
            content = default;
        var kind = EventKind.None;
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return false;
            }

            switch (key)
            {
                case TagField when reader.TryBytes(out tag):
                    break;
                case SimpleValueField when reader.TryFixed32(out var bits):
                    Scalar = BitConverter.UInt32BitsToSingle(bits);
                    kind = EventKind.Scalar;
                    break;
                case TensorField when reader.TryBytes(out content):
                    kind = EventKind.Tensor;
                    break;
                case MetadataField when reader.TryBytes(out metadata):
                    break;
                case ImageField when reader.TryBytes(out content):
                    kind = EventKind.Image;
                    break;
                case HistogramField when reader.TryBytes(out content):
                    kind = EventKind.Histogram;
                    break;
                case AudioField when reader.TryBytes(out content):
                    kind = EventKind.Audio;
                    break;
                case TagField or SimpleValueField or TensorField or MetadataField or ImageField or HistogramField or AudioField:
                    return false;
                default:
                    if (!reader.TrySkip(key))
                    {
                        return false;
                    }

                    break;
            }
        }

        if (tags.Get(tag) is not { } found)
        {
            Reason =
                $"it has a tag of {tag.Length} bytes, '{Encoding.UTF8.GetString(tag[..Math.Min(tag.Length, 80)])}', that is too long or one too many";
            return false;
        }

        Tag = found;
        if (!found.HasMetadata && !Describe(found, metadata))
        {
            return false;
        }

        _payload = content;
        // Some writers send the hyperparameters of a session as a description without a value.
        kind = kind == EventKind.None && !metadata.IsEmpty ? EventKind.Description : kind;
        Kind = kind == EventKind.Tensor && found.IsScalars && TensorProto.TryScalar(content, out var number) ? ToScalar(number) : kind;
        return true;
    }

    private static bool Describe(Tag tag, ReadOnlySpan<byte> metadata)
    {
        if (metadata.IsEmpty)
        {
            return true;
        }

        if (!SummaryMetadata.TryParse(metadata, out var parsed))
        {
            return false;
        }

        tag.Describe(parsed);
        return true;
    }

    private EventKind ToScalar(double number)
    {
        Scalar = number;
        return EventKind.Scalar;
    }

    private static bool IsStart(ReadOnlySpan<byte> log)
    {
        var reader = new WireReader(log);
        while (!reader.AtEnd && reader.TryKey(out var key))
        {
            if (key == SessionStatusField)
            {
                return reader.TryVarint(out var status) && status == SessionStart;
            }

            if (!reader.TrySkip(key))
            {
                return false;
            }
        }

        return false;
    }

    private static RecordStep Malformed() => RecordStep.Malformed;
}
