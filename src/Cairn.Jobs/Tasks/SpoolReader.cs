using System.Globalization;
using System.Text;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Logs;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Takes into the log what an agent could not deliver before it ended. What it did deliver is recognised by the numbers of its lines.
/// </summary>
internal sealed class SpoolReader(LogStore logs, TimeProvider time)
{
    public async Task TakeRestAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        var offset = long.TryParse(
            UntrustedFolder.ReadFile(attempt.LogOffset, 64),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var acknowledged
        )
            ? acknowledged
            : 0;
        if (LineSpool.Is(attempt.LogSpool))
        {
            await TakeLinesAsync(attempt, record, offset, cancellation);
            return;
        }

        var taken = offset;
        while (LogSpool.Read(attempt.LogSpool, offset) is { Blocks.Count: > 0 } part)
        {
            await logs.WriteAsync(record.Project, record.Location, record.Task, part.Blocks, cancellation);
            offset = part.Next;
        }

        if (offset != taken)
        {
            Note(attempt, offset);
        }
    }

    /// <summary>Where the rest begins, if there is more when the task is put away.</summary>
    private static void Note(AttemptDirectory attempt, long offset)
    {
        try
        {
            DurableFile.Write(attempt.LogOffset, Encoding.ASCII.GetBytes(offset.ToString(CultureInfo.InvariantCulture)), durable: false);
        }
        catch (IOException)
        {
            // The disk is full. What is taken once more is known again.
        }
    }

    private async Task TakeLinesAsync(AttemptDirectory attempt, TaskRecord record, long offset, CancellationToken cancellation)
    {
        while (LineSpool.Read(attempt.LogSpool, offset) is { Lines.Count: > 0 } part)
        {
            var entries = part.Lines.Select(line => LogEntries.Entry(record.Project, record.Location, record.Task, line)).ToList();
            foreach (var entry in entries)
            {
                entry.ReceiveTimestamp = LogTimes.ToTimestamp(LogTimes.Of(time.GetUtcNow()));
            }

            await logs.WriteAsync(entries, cancellation);
            offset = part.Next;
        }
    }
}
