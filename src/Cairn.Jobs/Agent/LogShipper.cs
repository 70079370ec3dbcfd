using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Cairn.Jobs.Tasks;
using Google.Protobuf;

namespace Cairn.Jobs.Agent;

/// <summary>Sends the spool to the server's Logging API in batches, in order, each until it is acknowledged.</summary>
internal sealed class LogShipper(AttemptDirectory directory, TaskRecord record, ServerClient server, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private long offset;
    private bool refused;

    /// <summary>Sends what comes until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!await SendBatchAsync(cancellation))
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    /// <summary>Sends all that is there.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (await SendBatchAsync(cancellation))
        {
        }
    }

    private async Task<bool> SendBatchAsync(CancellationToken cancellation)
    {
        var (lines, next) = LogSpool.Read(directory.LogSpool, offset);
        if (lines.Count == 0)
        {
            return false;
        }

        var body = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(LogEntries.Request(record, lines)));
        using var response = await server.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "/v2/entries:write")
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            },
            cancellation);

        // A batch that the server refuses for good must not hold up what follows; from there on the server takes what is missing from the spool.
        offset = next;
        refused |= !response.IsSuccessStatusCode;
        if (!refused)
        {
            await File.WriteAllTextAsync(directory.LogOffset, next.ToString(CultureInfo.InvariantCulture), cancellation);
        }

        return true;
    }
}
