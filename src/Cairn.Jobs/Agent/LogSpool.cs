using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The task's output on local disk, where it stays until the server has acknowledged it: one JSON object a line, appended by the agent. A reader takes only whole
/// lines, so that it may follow a writer, also one that was killed.
/// </summary>
internal sealed class LogSpool(string path, int attempt, string replica, long maxBytes, TimeProvider time, int ordinal = 0) : IDisposable
{
    /// <summary>Where the agent's own words stand, as Vertex names it.</summary>
    public const string Service = "service";

    private readonly FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Lock gate = new();
    private long sequence;
    private long last;
    private long taken;
    private bool full;

    /// <summary>Lines of output that were discarded because the task printed more than is kept.</summary>
    public long Discarded { get; private set; }

    /// <summary>Says something to the person whose job it is, beside the task's own output.</summary>
    public void Say(string text, LogSeverity severity = LogSeverity.Info) => Append(severity, Service, text);

    /// <summary>Keeps a line of the task's output, unless it has printed more than is kept.</summary>
    public void Add(LogSeverity severity, string text)
    {
        lock (gate)
        {
            if (full)
            {
                Discarded++;
                return;
            }

            taken += Encoding.UTF8.GetByteCount(text) + 1;
            full = taken > maxBytes;
        }

        Append(severity, replica, text);
        if (full)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"The task has printed more than {maxBytes:N0} bytes; what it prints from here on is not kept."), LogSeverity.Warning);
        }
    }

    public void Dispose() => file.Dispose();

    private void Append(LogSeverity severity, string source, string text)
    {
        lock (gate)
        {
            // gcloud compares timestamps as text, which orders them only where all have the same number of digits: so none ends in a zero.
            var now = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
            last = Math.Max(last + 1, now);
            last += last % 10 == 0 ? 1 : 0;
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("i", string.Create(CultureInfo.InvariantCulture, $"{attempt:x3}{ordinal:x3}{sequence++:x10}"));
                json.WriteNumber("t", last);
                json.WriteNumber("v", (int)severity);
                json.WriteString("s", source);
                json.WriteString("m", text);
                json.WriteEndObject();
            }

            buffer.Write("\n"u8);
            file.Write(buffer.WrittenSpan);
        }
    }

    /// <summary>Reads whole lines from an offset: at most so many, and about so many bytes. Returns them and the offset behind them.</summary>
    public static (List<LogLine> Lines, long Next) Read(string path, long offset, int maxLines = 500, int maxBytes = 512 << 10)
    {
        var lines = new List<LogLine>();
        if (!File.Exists(path))
        {
            return (lines, offset);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = offset;
        // The longest line is far below this, so that a buffer always holds one.
        var bytes = new byte[Math.Max(maxBytes, 512 << 10)];
        var rest = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        while (lines.Count < maxLines && rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            lines.Add(Parse(rest[..end]));
            offset += end + 1;
            rest = rest[(end + 1)..];
        }

        return (lines, offset);
    }

    private static LogLine Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var json = JsonElement.ParseValue(ref reader);
        return new LogLine(
            json.GetProperty("i").GetString()!,
            json.GetProperty("t").GetInt64(),
            (LogSeverity)json.GetProperty("v").GetInt32(),
            json.GetProperty("s").GetString()!,
            json.GetProperty("m").GetString()!);
    }
}
