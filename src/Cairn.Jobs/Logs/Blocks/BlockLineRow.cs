using Cairn.Jobs.Agent;
using Google.Cloud.Logging.V2;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>An entry that is a line of a block. It becomes a <c>LogEntry</c> only where someone asks for it.</summary>
internal sealed record BlockLineRow(StoredBlock Stored, PackedLine Line)
    : LogRow(Stored.Project, Line.Nanoseconds, Line.InsertId(Stored.Block), Stored.Block.Source, (int)Line.Severity, Stored.Job)
{
    public override LogEntry Entry()
    {
        var entry = LogEntries.Entry(
            Stored.Project,
            Stored.Location,
            Job,
            new LogLine(InsertId, Nanoseconds, Line.Severity, Log, Line.Text)
        );
        entry.ReceiveTimestamp = LogTimes.ToTimestamp(Stored.Received);
        return entry;
    }
}
