using Cairn.Kernel.Telemetry;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Telemetry;

/// <summary>All that looks before measurements are read. What cannot look, since the store is away, keeps what it saw last.</summary>
internal sealed partial class Probes(IEnumerable<ITelemetryProbe> probes, TimeProvider time, ILogger<Probes> logger)
{
    /// <summary>Who reads more often than this reads the same.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A store that does not answer holds up nobody who reads the rest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<ITelemetryProbe> _all = [.. probes];
    private readonly Lock _gate = new();
    private Task _look = Task.CompletedTask;
    private long? _looked;

    /// <summary>Looks, unless it was done a moment ago. All who ask meanwhile wait for the one look, and none of them for long.</summary>
    public async Task SeeAsync(CancellationToken cancellation)
    {
        Task look;
        lock (_gate)
        {
            if (_look.IsCompleted && (_looked is not { } last || time.GetElapsedTime(last) >= Fresh))
            {
                _look = Task.Run(LookAsync, CancellationToken.None);
            }

            look = _look;
        }

        try
        {
            await look.WaitAsync(Limit, time, cancellation);
        }
        catch (TimeoutException)
        {
            Log.Late(logger, Limit.TotalSeconds);
        }
    }

    private async Task LookAsync()
    {
        foreach (var probe in _all)
        {
            try
            {
                await probe.LookAsync(CancellationToken.None);
            }
            catch (Exception error)
            {
                Log.Failed(logger, probe.GetType().Name, error.Message);
            }
        }

        lock (_gate)
        {
            _looked = time.GetTimestamp();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Probe} could not look at what it measures, which stays as it was: {Reason}")]
        public static partial void Failed(ILogger logger, string probe, string reason);

        [LoggerMessage(2, LogLevel.Warning, "What is measured by looking was not seen within {Seconds} s, and is told as it was.")]
        public static partial void Late(ILogger logger, double seconds);
    }
}
