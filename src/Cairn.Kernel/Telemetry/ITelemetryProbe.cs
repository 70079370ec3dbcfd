namespace Cairn.Kernel.Telemetry;

/// <summary>
/// Looks at what cannot be counted while it happens, such as how much is in line: before measurements are read or sent, and never where
/// nobody asked for them. Registered in the container as one of many.
/// </summary>
public interface ITelemetryProbe
{
    Task LookAsync(CancellationToken cancellation);
}
