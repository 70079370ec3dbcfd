using Cairn.Tracking.Runs.Jobs;

namespace Cairn.Jobs.Reports;

/// <summary>Hears what jobs report of themselves while they run, in the file that hypertune writes.</summary>
public interface IJobMetricObserver
{
    /// <summary>
    /// Called before the job's end is recorded with everything that it reported; after a kill of the server the last calls may be repeated.
    /// Durable when this returns.
    /// </summary>
    /// <param name="job">The custom job's name.</param>
    /// <param name="points">In the order in which they were reported.</param>
    /// <param name="cancellation">Gives up; the call is then repeated.</param>
    Task ReportedAsync(string job, IReadOnlyList<JobPoint> points, CancellationToken cancellation);
}
