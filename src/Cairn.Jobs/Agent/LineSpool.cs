using System.Text.Json;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The form that spools had before they held blocks: one JSON object a line. It is only read: a task may have been running while its server
/// was replaced by a newer one.
/// </summary>
internal static class LineSpool
{
    /// <summary>The longest line is far below this, so that a buffer always holds one.</summary>
    private const int Buffer = 512 << 10;
    private const int MaxLines = 500;

    /// <summary>Whether a spool has this form.</summary>
    public static bool Is(string path)
    {
        using var stream = UntrustedFolder.OpenFile(path);
        return stream?.ReadByte() == '{';
    }

    /// <summary>Reads whole lines from an offset. Returns them and the offset behind them.</summary>
    public static (List<LogLine> Lines, long Next) Read(string path, long offset)
    {
        using var stream = UntrustedFolder.OpenFile(path);
        if (stream is null)
        {
            return ([], offset);
        }

        stream.Position = offset;
        var bytes = new byte[Buffer];
        var rest = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var lines = new List<LogLine>();
        while (lines.Count < MaxLines && rest.IndexOf((byte)'\n') is >= 0 and var end)
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
        var text = json.GetProperty("m").GetString()!;
        return new LogLine(
            json.GetProperty("i").GetString()!,
            json.GetProperty("t").GetInt64(),
            LineSeverity.Of(text, (LogSeverity)json.GetProperty("v").GetInt32()),
            json.GetProperty("s").GetString()!,
            text
        );
    }
}
