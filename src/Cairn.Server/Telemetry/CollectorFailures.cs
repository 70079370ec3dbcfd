using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Telemetry;

/// <summary>Has the server's log say that a collector does not take what it is sent, which the library tells its own listeners only.</summary>
internal sealed partial class CollectorFailures : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long? _told;

    public CollectorFailures(TimeProvider time, ILogger logger)
    {
        // The base class has told of sources before there was anything to tell it to.
        _time = time;
        _logger = logger;
        foreach (var source in EventSource.GetSources())
        {
            OnEventSourceCreated(source);
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (_logger is not null && eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Error);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_gate)
        {
            if (_told is { } told && _time.GetElapsedTime(told) < TellAgain)
            {
                return;
            }

            _told = _time.GetTimestamp();
        }

        Log.Failed(_logger, Reason(eventData));
    }

    /// <summary>The first line of the last thing that it says: an exception with its stack, mostly.</summary>
    private static string Reason(EventWrittenEventArgs told) =>
        told.Payload is { Count: > 0 } payload ? $"{payload[^1]}".Split('\n')[0].Trim() : told.EventName ?? "";

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The collector did not take what it was sent, which is dropped; this is told once a minute. {Reason}"
        )]
        public static partial void Failed(ILogger logger, string reason);
    }
}
