using Cairn.Kernel.Store;
using Google.Cloud.Logging.V2;

namespace Cairn.Jobs.Logs;

/// <summary>An entry that is stored by itself.</summary>
/// <param name="Body">The <c>google.logging.v2.LogEntry</c>.</param>
internal sealed record StoredRow(string Project, long Nanoseconds, string InsertId, string Log, int Severity, string Job, byte[] Body)
    : LogRow(Project, Nanoseconds, InsertId, Log, Severity, Job)
{
    public override LogEntry Entry() => StoredMessage.Read(LogEntry.Parser, Body);
}
