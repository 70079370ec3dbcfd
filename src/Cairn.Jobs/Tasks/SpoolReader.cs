using System.Globalization;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Logs;

namespace Cairn.Jobs.Tasks;

/// <summary>Takes into the log what an agent could not deliver before it ended. What it did deliver is recognised by its insert ids.</summary>
internal sealed class SpoolReader(LogStore logs, TimeProvider time)
{
    public async Task TakeRestAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        var offset = File.Exists(attempt.LogOffset)
            && long.TryParse(await File.ReadAllTextAsync(attempt.LogOffset, cancellation), NumberStyles.None, CultureInfo.InvariantCulture, out var acknowledged) ? acknowledged : 0;
        while (true)
        {
            var (lines, next) = LogSpool.Read(attempt.LogSpool, offset);
            if (lines.Count == 0)
            {
                return;
            }

            var request = LogEntries.Request(record, lines);
            foreach (var entry in request.Entries)
            {
                entry.Labels.Add(request.Labels);
                entry.ReceiveTimestamp = LogTimes.ToTimestamp(LogTimes.Of(time.GetUtcNow()));
            }

            await logs.WriteAsync(request.Entries, cancellation);
            offset = next;
        }
    }
}
