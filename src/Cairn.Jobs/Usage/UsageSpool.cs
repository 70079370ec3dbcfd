using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Usage;

/// <summary>
/// Samples in a file, one JSON object a line. A reader takes only whole lines, so that it may follow a writer, also one that was killed.
/// </summary>
internal static class UsageSpool
{
    private const int MaxRead = 256 << 10;

    private static readonly TaskJson Json = new(
        new JsonSerializerOptions(TaskJson.Default.Options)
        {
            WriteIndented = false,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        }
    );

    public static void Append(string path, UsageSample sample)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(sample, Json.UsageSample), (byte)'\n'];
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(line);
    }

    /// <summary>Reads samples from an offset, about so many bytes of them. Returns them and the offset behind them.</summary>
    public static (List<UsageSample> Samples, long Next) Read(string path, long offset)
    {
        var samples = new List<UsageSample>();
        using var stream = UntrustedFolder.OpenFile(path);
        if (stream is null || stream.Length <= offset)
        {
            return (samples, offset);
        }

        stream.Position = offset;
        var bytes = new byte[MaxRead];
        var rest = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (Parse(rest[..end]) is { } sample)
            {
                samples.Add(sample);
            }

            offset += end + 1;
            rest = rest[(end + 1)..];
        }

        return (samples, offset);
    }

    /// <summary>A machine that went down may leave a damaged line; the others are good.</summary>
    private static UsageSample? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Json.UsageSample);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
