using System.Globalization;
using System.Text;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Errors;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The task's output on local disk, where it stays until the server has acknowledged it: frames of <see cref="LogBlock"/>, appended by the
/// agent. A reader takes only whole frames, so that it may follow a writer, also one that was killed.
/// </summary>
internal sealed class LogSpool(string path, int attempt, string replica, long maxBytes, TimeProvider time, int ordinal = 0) : IDisposable
{
    /// <summary>Where the agent's own words stand, as Vertex names it.</summary>
    public const string Service = "service";

    /// <summary>What a line counts for beside its text, so that empty lines are limited as well.</summary>
    public const int LineCost = 16;

    /// <summary>How long a full disk is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _grown = new(0, 1);
    private LogBlockWriter? _open;
    private long _sequence;
    private long _last;
    private long _taken;
    private bool _full;
    private long _lost;

    /// <summary>Lines of output that were discarded because the task printed more than is kept.</summary>
    public long Discarded { get; private set; }

    /// <summary>Says something to the person whose job it is, beside the task's own output.</summary>
    public void Say(string text, LogSeverity severity = LogSeverity.Info)
    {
        lock (_gate)
        {
            Append(severity, Service, text);
            WriteOpen();
        }
    }

    /// <summary>
    /// Takes a line of the task's output, unless it has printed more than is kept. It is in the file after <see cref="Flush"/>.
    /// </summary>
    public void Add(LogSeverity severity, string text)
    {
        lock (_gate)
        {
            if (_full)
            {
                Discarded++;
                return;
            }

            _taken += Encoding.UTF8.GetByteCount(text) + LineCost;
            Append(LineSeverity.Of(text, severity), replica, text);
            if (_taken > maxBytes)
            {
                _full = true;
                Append(
                    LogSeverity.Warning,
                    Service,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The task has printed more than {maxBytes:N0} bytes, {LineCost} more counted for each line; what it prints from here on is not kept."
                    )
                );
                WriteOpen();
            }
        }
    }

    /// <summary>Writes what was added: to be called whenever there is nothing more to read for now.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            WriteOpen();
            if (_grown.CurrentCount == 0)
            {
                _grown.Release();
            }
        }
    }

    /// <summary>Waits until the task has printed more, but no longer than this.</summary>
    public Task WhenGrownAsync(TimeSpan limit, CancellationToken cancellation) => _grown.WaitAsync(limit, cancellation);

    public void Dispose()
    {
        Flush();
        _file.Dispose();
        _grown.Dispose();
    }

    /// <summary>
    /// Reads whole frames from an offset, about so many bytes of them. Returns their lines in as few blocks as hold them, and the offset
    /// behind them.
    /// </summary>
    public static SpoolPart Read(string path, long offset, int maxBytes = 512 << 10)
    {
        var blocks = new List<LogBlock>();
        using var stream = UntrustedFolder.OpenFile(path);
        if (stream is null)
        {
            return new SpoolPart(blocks, offset);
        }

        stream.Position = offset;
        // The longest frame is below this, so that a buffer always holds one.
        var bytes = new byte[Math.Max(maxBytes, LogBlock.FrameStart + LogBlock.MaxBytes)];
        ReadOnlyMemory<byte> rest = bytes.AsMemory(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        while (LogBlock.TryReadFrame(rest) is { } frame)
        {
            blocks.Add(frame.Block);
            offset += frame.Length;
            rest = rest[frame.Length..];
        }

        return new SpoolPart(BlockJoin.Join(blocks), offset);
    }

    private void Append(LogSeverity severity, string source, string text)
    {
        Tick();
        if (_open is not null && (_open.Source != source || !_open.Takes(_last)))
        {
            WriteOpen();
        }

        _open ??= new LogBlockWriter(attempt, ordinal, source);
        _open.Add(_sequence++, _last, severity, text);
    }

    /// <summary>The time of the next line, later than the last one's.</summary>
    private void Tick()
    {
        // gcloud compares timestamps as text, which orders them only where all have the same number of digits: so none ends in a zero.
        var now = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
        _last = Math.Max(_last + 1, now);
        _last += _last % 10 == 0 ? 1 : 0;
    }

    private void WriteOpen()
    {
        if (_open is { Count: > 0 and var count } && !Write(_open.Finish()))
        {
            Discarded += count;
            _lost += count;
        }

        _open = null;
    }

    /// <summary>
    /// Writes a frame, whole or not at all. Where the disk is full the program is made to wait, as for a slow reader, because room may be
    /// made; but not for ever, and not again before there has been some: what cannot be written is lost then, and it is said how much that
    /// was.
    /// </summary>
    private bool Write(byte[] frame)
    {
        var end = _file.Position;
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                _file.Write(_lost == 0 ? frame : [.. Loss(), .. frame]);
                _lost = 0;
                return true;
            }
            catch (IOException error) when (StorageErrors.Of(error) is not null)
            {
                _file.SetLength(end);
                if (_lost > 0 || time.GetElapsedTime(start) > Patience)
                {
                    return false;
                }

                Thread.Sleep(Pause);
            }
        }
    }

    private byte[] Loss()
    {
        var writer = new LogBlockWriter(attempt, ordinal, Service);
        Tick();
        writer.Add(
            _sequence++,
            _last,
            LogSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"The disk was full: {_lost:N0} lines were lost here.")
        );
        return writer.Finish();
    }
}
