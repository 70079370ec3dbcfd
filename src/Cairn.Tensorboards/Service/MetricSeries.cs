namespace Cairn.Tensorboards.Service;

/// <summary>A metric of a run: the scalar series of that name.</summary>
/// <param name="Key">The number of its name.</param>
/// <param name="LastTime">Microseconds since 1970.</param>
internal sealed record MetricSeries(long Key, string Name, long LastStep, long LastTime);
