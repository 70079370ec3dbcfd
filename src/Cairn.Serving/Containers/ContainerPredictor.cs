using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Serving.Json;
using Cairn.Serving.Predictors;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Containers;

/// <summary>A deployed model in containers. Requests go round; a container that ends is replaced.</summary>
internal sealed partial class ContainerPredictor(
    Func<CancellationToken, Task<(Replica Replica, ContainerSettings Settings)>> start,
    int count,
    string title,
    HttpClient client,
    ServingOptions options,
    TimeProvider time,
    ILogger logger,
    Func<Task> stopped
) : IPredictor
{
    private const int MaxQuoted = 2_000;
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly (Replica? Replica, ContainerSettings? Settings)[] _replicas = new (Replica?, ContainerSettings?)[count];
    private readonly List<Task> _keepers = [];
    private int _next;

    public async Task StartAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i => Set(i, await start(cancellation))));
        for (var i = 0; i < count; i++)
        {
            _keepers.Add(KeepAsync(i));
        }
    }

    public bool TakesJson => true;

    public async ValueTask PredictAsync(PredictionRequest request, RepeatedField<Value> predictions, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(body))
        {
            ValueWriter.WriteRequest(writer, request.Instances, request.Parameters);
        }

        var reply = await PredictRawAsync(new RawBody("application/json", body.WrittenMemory), request.Timeout, cancellation);
        PredictionBodies.ReadPredictions(reply.Data.Span, title, predictions);
    }

    public async ValueTask<RawReply> PredictRawAsync(RawBody body, TimeSpan timeout, CancellationToken cancellation)
    {
        var (replica, settings) = Pick();
        using var deadline = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        // A copy: the body may be in borrowed memory, and a connection that is given up may still be sending it.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica.Address, settings.PredictRoute))
        {
            Content = new ByteArrayContent(body.Data.ToArray()),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(body.ContentType, out var type)
            ? type
            : new MediaTypeHeaderValue("application/json");
        try
        {
            using var reply = await client.SendAsync(request, both.Token);
            var data = await reply.Content.ReadAsByteArrayAsync(both.Token);
            return reply.IsSuccessStatusCode
                ? new RawReply(reply.Content.Headers.ContentType?.ToString() ?? "application/octet-stream", data)
                : throw Refused(reply.StatusCode, data);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new StatusException(
                Code.DeadlineExceeded,
                $"The container of {title} worked on the request for {timeout.TotalSeconds:0.#} s without an answer."
            );
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw StatusException.ResourceExhausted($"The container of {title} answered more than {options.MaxRawBytes} bytes.");
        }
        catch (HttpRequestException e)
        {
            // A container that ended closes its connections a moment before its end is seen.
            await Task.WhenAny(replica.Exited, Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellation));
            throw StatusException.Unavailable(
                replica.Running
                    ? $"The container of {title} did not answer: {e.Message}"
                    : $"The container of {title} is gone while it held this request: {EndOfProcess.Describe(replica.ExitCode)}. It is being replaced; try again. {replica.LastLines(3)}"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_keepers);
        foreach (var (replica, _) in _replicas)
        {
            if (replica is not null)
            {
                await replica.DisposeAsync();
            }
        }

        client.Dispose();
        await stopped();
    }

    private (Replica Replica, ContainerSettings Settings) Pick()
    {
        for (var tries = 0; tries < count; tries++)
        {
            var index = (int)((uint)Interlocked.Increment(ref _next) % (uint)count);
            lock (_replicas)
            {
                if (_replicas[index] is ({ Running: true } replica, { } settings))
                {
                    return (replica, settings);
                }
            }
        }

        throw StatusException.Unavailable($"No container of {title} is running; a replacement is being started. Try again.");
    }

    private void Set(int index, (Replica, ContainerSettings) replica)
    {
        lock (_replicas)
        {
            _replicas[index] = replica;
        }
    }

    private async Task KeepAsync(int index)
    {
        var failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var replica = _replicas[index].Replica!;
                if (replica.Running)
                {
                    await replica.Exited.WaitAsync(_stopping.Token);
                }

                Log.Ended(logger, title, EndOfProcess.Describe(replica.ExitCode), replica.LastLines(3));
                if (failures > 0)
                {
                    await Task.Delay(
                        TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, Math.Pow(2, failures))),
                        time,
                        _stopping.Token
                    );
                }

                failures++;
                var successor = await start(_stopping.Token);
                Set(index, successor);
                await replica.DisposeAsync();
                failures = 0;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StatusException e)
            {
                Log.NotStarted(logger, title, e.Message);
            }
        }
    }

    private StatusException Refused(HttpStatusCode status, byte[] data)
    {
        var text = System.Text.Encoding.UTF8.GetString(data.AsSpan(0, Math.Min(data.Length, MaxQuoted))).Trim();
        var sentence = $"The container of {title} answered {(int)status}: {text}";
        return status switch
        {
            HttpStatusCode.TooManyRequests => StatusException.ResourceExhausted(sentence),
            HttpStatusCode.ServiceUnavailable => StatusException.Unavailable(sentence),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => StatusException.InvalidArgument(sentence),
            _ => new StatusException(Code.Internal, sentence),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Title}: its container is gone: {Reason}. {LastLines}")]
        public static partial void Ended(ILogger logger, string title, string reason, string lastLines);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Title}: no container could be started. {Reason}")]
        public static partial void NotStarted(ILogger logger, string title, string reason);
    }
}
