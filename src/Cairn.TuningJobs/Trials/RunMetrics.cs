using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Jobs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Trials;

/// <summary>The metrics of a trial's run, for programs that log with MLflow or Vertex's experiments and not with hypertune.</summary>
internal sealed class RunMetrics(IDatabase database, IEnumerable<IJobRuns> runs, RunDataReader reader)
{
    /// <summary>The last value of each metric by name; none where the job has no run.</summary>
    public Task<Dictionary<string, (double Value, long Step)>> ReadAsync(string customJob, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var job = new CustomJob { Name = customJob, JobSpec = new CustomJobSpec() };
                var found = runs.Select(own => own.Find(session, job)).FirstOrDefault(static run => run is not null);
                return found is not { } run
                    ? []
                    : reader
                        .Read(session, run.Run)
                        .Metrics.ToDictionary(
                            static metric => metric.Name,
                            static metric => (metric.Point.Value, metric.Point.Step),
                            StringComparer.Ordinal
                        );
            },
            cancellation
        );
}
