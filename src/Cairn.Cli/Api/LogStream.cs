using System.Runtime.CompilerServices;
using Google.Cloud.Logging.V2;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Cli.Api;

/// <summary>A job's log through the Logging API, as it grows.</summary>
internal static class LogStream
{
    /// <summary>The lines that are there, then new ones until <paramref name="ended"/> says that the job is over and what it left has been read.</summary>
    public static async IAsyncEnumerable<LogEntry> FollowAsync(
        this CairnClient client,
        string project,
        string jobId,
        Func<CancellationToken, Task<bool>> ended,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<string>();
        Timestamp? since = null;
        while (true)
        {
            // Asked before the read, so that what the job wrote last is still read after it is over.
            var over = await ended(cancellation);
            var any = false;
            await foreach (var entry in ReadAsync(client, project, jobId, since, cancellation))
            {
                if (!seen.Add(entry.InsertId))
                {
                    continue;
                }

                any = true;
                since = entry.Timestamp;
                yield return entry;
            }

            if (over)
            {
                yield break;
            }

            await Task.Delay(any ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMilliseconds(500), cancellation);
        }
    }

    private static async IAsyncEnumerable<LogEntry> ReadAsync(CairnClient client, string project, string jobId, Timestamp? since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var filter = $"resource.type=\"ml_job\" AND resource.labels.job_id=\"{jobId}\"";
        if (since is not null)
        {
            filter += $" AND timestamp>={since.ToString()}";
        }

        var request = new ListLogEntriesRequest { ResourceNames = { $"projects/{project}" }, Filter = filter, OrderBy = "timestamp asc", PageSize = 1000 };
        do
        {
            var page = await client.PostAsync<ListLogEntriesResponse>("/v2/entries:list", request, cancellation);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
