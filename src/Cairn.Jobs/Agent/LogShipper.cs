using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>Sends the spool to the server in batches of whole blocks, in order, each until it is acknowledged.</summary>
internal sealed class LogShipper(AttemptDirectory directory, TaskRecord record, ServerClient server, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Between a batch and the next, so that a task that prints line by line does not make a request of each; the longer it goes on
    /// printing, the longer, up to <see cref="Pause"/>.
    /// </summary>
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(2);

    private readonly string _address =
        $"/cairn/v1/projects/{Uri.EscapeDataString(record.Project)}/locations/{Uri.EscapeDataString(record.Location)}/customJobs/{Uri.EscapeDataString(record.Task)}:appendLines";

    private long _offset;
    private bool _refused;
    private bool _isFull;

    /// <summary>
    /// Sends what comes until cancelled: what the task prints at once, what the agent says a little later.
    /// </summary>
    public async Task FollowAsync(LogSpool spool, CancellationToken cancellation)
    {
        while (true)
        {
            await spool.WhenGrownAsync(Pause, cancellation);
            for (var rest = FirstRest; await SendBatchAsync(cancellation); rest = rest * 2 < Pause ? rest * 2 : Pause)
            {
                await Task.Delay(rest, time, cancellation);
            }

            if (_isFull)
            {
                await Task.Delay(LongPause, time, cancellation);
            }
        }
    }

    /// <summary>
    /// Sends all that is there; the rest is the server's to take where its disk is full: what it then has left is kept for the ends of
    /// tasks.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (await SendBatchAsync(cancellation)) { }
    }

    private async Task<bool> SendBatchAsync(CancellationToken cancellation)
    {
        var (blocks, next) = LogSpool.Read(directory.LogSpool, _offset);
        if (blocks.Count == 0)
        {
            return false;
        }

        byte[] frames = [.. blocks.SelectMany(static block => block.ToFrame())];
        using var response = await server.SendAsync(
            () =>
                new HttpRequestMessage(HttpMethod.Post, _address)
                {
                    Content = new ByteArrayContent(frames)
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
                    },
                },
            cancellation,
            waitsForRoom: false
        );
        _isFull = response.StatusCode == HttpStatusCode.InsufficientStorage;
        if (_isFull)
        {
            return false;
        }

        // A batch that the server refuses for good must not hold up what follows; from there on the server takes what is missing from the
        // spool.
        _offset = next;
        _refused |= !response.IsSuccessStatusCode;
        if (!_refused)
        {
            await WriteOffsetAsync(cancellation);
        }

        return true;
    }

    private async Task WriteOffsetAsync(CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(directory.LogOffset, _offset.ToString(CultureInfo.InvariantCulture), cancellation);
        }
        catch (IOException)
        {
            // The disk is full. Lines that the server takes from the spool once more it knows again.
        }
    }
}
