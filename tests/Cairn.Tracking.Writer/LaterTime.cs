using Cairn.Tracking.Metrics.Cold;

namespace Cairn.Tracking.Writer;

/// <summary>A clock on which every run that has ended has rested long enough for its metrics to move.</summary>
public sealed class LaterTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + MetricCompactor.Rest + TimeSpan.FromMinutes(1);
}
