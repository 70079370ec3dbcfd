using System.Globalization;
using System.Text;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>One line of a <see cref="LogBlock"/>.</summary>
/// <param name="Number">Its number within the replica's output.</param>
/// <param name="Nanoseconds">Its time since 1970.</param>
/// <param name="Utf8">Its text.</param>
internal readonly record struct PackedLine(long Number, long Nanoseconds, LogSeverity Severity, ReadOnlyMemory<byte> Utf8)
{
    public string Text => Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>The insert id: unique within the job, and in the order in which the lines came.</summary>
    public string InsertId(LogBlock block) =>
        string.Create(CultureInfo.InvariantCulture, $"{block.Attempt:x3}{block.Ordinal:x3}{Number:x10}");
}
