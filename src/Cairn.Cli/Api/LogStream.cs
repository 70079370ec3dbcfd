using System.Runtime.CompilerServices;
using Google.Cloud.Logging.V2;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Cli.Api;

/// <summary>A job's log through the Logging API, as it grows.</summary>
internal static class LogStream
{
    /// <summary>The custom job whose line it is: those of a tuning job are numbered each by itself.</summary>
    private const string JobLabel = "ml.googleapis.com/job_id";

    /// <summary>Replicas and trials deliver their lines each by themselves, so that an earlier line may come after a later one.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    /// <summary>The same for the last read, which nothing follows.</summary>
    private static readonly TimeSpan LastOverlap = TimeSpan.FromMinutes(1);

    /// <summary>The pauses between two reads: short after something new, longer the longer there was nothing.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The lines that are there, then new ones until <paramref name="ended"/> says that the job is over and what it left has been read.
    /// </summary>
    public static async IAsyncEnumerable<LogEntry> FollowAsync(
        this CairnClient client,
        string project,
        string jobId,
        Func<CancellationToken, Task<bool>> ended,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var seen = new HashSet<(string Job, string Log, string Id)>();
        DateTime? since = null;
        var pause = ShortestPause;
        while (true)
        {
            // Asked before the read, so that what the job wrote last is still read after it is over.
            var over = await ended(cancellation);
            var any = false;
            var from = since - (over ? LastOverlap : Overlap);
            await foreach (
                var entry in ReadAsync(client, project, jobId, from is { } moment ? Timestamp.FromDateTime(moment) : null, cancellation)
            )
            {
                if (!seen.Add((entry.Labels.GetValueOrDefault(JobLabel, ""), entry.LogName, entry.InsertId)))
                {
                    continue;
                }

                any = true;
                since = since > entry.Timestamp.ToDateTime() ? since : entry.Timestamp.ToDateTime();
                yield return entry;
            }

            if (over)
            {
                yield break;
            }

            pause = any ? ShortestPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 5 / 4, LongestPause.Ticks));
            await Task.Delay(pause, cancellation);
        }
    }

    private static async IAsyncEnumerable<LogEntry> ReadAsync(
        CairnClient client,
        string project,
        string jobId,
        Timestamp? since,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var filter = $"resource.type=\"ml_job\" AND resource.labels.job_id=\"{jobId}\"";
        if (since is not null)
        {
            filter += $" AND timestamp>={since.ToString()}";
        }

        var request = new ListLogEntriesRequest
        {
            ResourceNames = { $"projects/{project}" },
            Filter = filter,
            OrderBy = "timestamp asc",
            PageSize = 1000,
        };
        do
        {
            var page = await client.PostAsync<ListLogEntriesResponse>("/v2/entries:list", request, cancellation);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
    }
}
