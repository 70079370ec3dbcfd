using Cairn.Kernel.Telemetry;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Telemetry;

/// <summary>All that looks before measurements are read. What cannot look, since the store is away, keeps what it saw last.</summary>
internal sealed partial class Probes(IEnumerable<ITelemetryProbe> probes, TimeProvider time, ILogger<Probes> logger)
{
    /// <summary>Who reads more often than this reads the same.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<ITelemetryProbe> _all = [.. probes];
    private readonly SemaphoreSlim _one = new(1);
    private long? _looked;

    public async Task LookAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_looked is { } last && time.GetElapsedTime(last) < Fresh)
            {
                return;
            }

            foreach (var probe in _all)
            {
                try
                {
                    await probe.LookAsync(cancellation);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Failed(logger, probe.GetType().Name, error.Message);
                }
            }

            _looked = time.GetTimestamp();
        }
        finally
        {
            _one.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Probe} could not look at what it measures, which stays as it was: {Reason}")]
        public static partial void Failed(ILogger logger, string probe, string reason);
    }
}
