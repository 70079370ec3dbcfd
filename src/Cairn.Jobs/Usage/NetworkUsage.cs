using System.Globalization;

namespace Cairn.Jobs.Usage;

/// <summary>Bytes that the machine's network interfaces have received and sent since it started.</summary>
internal readonly record struct NetworkUsage(long Received, long Sent)
{
    private const int SentColumn = 8;

    public static NetworkUsage Now()
    {
        try
        {
            return Parse(File.ReadLines("/proc/net/dev"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>Reads the lines of <c>/proc/net/dev</c>: two of headings, then <c>name: received … sent …</c>.</summary>
    internal static NetworkUsage Parse(IEnumerable<string> lines)
    {
        var (received, sent) = (0L, 0L);
        foreach (var line in lines)
        {
            if (
                line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
                && line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > SentColumn } fields
                && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var into)
                && long.TryParse(fields[SentColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var outOf)
            )
            {
                received += into;
                sent += outOf;
            }
        }

        return new NetworkUsage(received, sent);
    }
}
