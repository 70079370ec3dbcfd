using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tensorboards.Names;
using Cairn.Tracking.Tensorboards.Service;
using Cairn.Tracking.Tensorboards.Uploads;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Tensorboards.Jobs;

/// <summary>Writes what a job logs to the job's run: the one that it names, else one of its own in the experiment that it names, else in that of all custom jobs.</summary>
internal sealed class JobRunSink(FollowedJob job, IDatabase database, Boards boards, TrackedRuns tracked, RunStore runs, SeriesViews series, SeriesWrites writes) : IRunSink
{
    private const string Jobs = "custom-jobs";

    public async Task<string> OpenRunAsync(string displayName, CancellationToken cancellation)
    {
        // projects/P/locations/L/customJobs/ID
        var parts = job.Job.Split('/');
        var (project, location, id) = (parts[1], parts[3], parts[5]);
        var board = job.Tensorboard.Length > 0 ? job.Tensorboard : (await boards.DefaultAsync(project, location, cancellation).ConfigureAwait(false)).Name;
        var (experiment, run) = await database.WriteAsync(
            session =>
            {
                var context = Last(job.Run);
                if (context.Length > 0 && runs.FindByContext(session, project, location, context) is { } named)
                {
                    return named;
                }

                var slug = Last(job.Experiment) is { Length: > 0 } given ? given : Jobs;
                var home = tracked.FindExperiment(session, project, location, slug)
                    ?? tracked.CreateExperiment(session, project, location, slug, slug == Jobs ? "Custom jobs" : slug, job.Tensorboard.Length > 0 && slug != Jobs ? job.Tensorboard : null);
                var own = context.StartsWith(slug + "-", StringComparison.Ordinal) ? context[(slug.Length + 1)..] : $"job-{id}";
                return (home, tracked.FindRun(session, home, own) ?? tracked.CreateRun(session, home, own, displayName));
            },
            cancellation).ConfigureAwait(false);
        return new RunName(new ExperimentName(TensorboardName.Parse(experiment.Tensorboard ?? await DefaultAsync(board).ConfigureAwait(false), "tensorboard"), experiment.Slug), run.Slug).ToString();

        // An experiment that names no tensorboard is shown by the default one, whichever the job names.
        async Task<string> DefaultAsync(string known) =>
            job.Tensorboard.Length == 0 ? known : (await boards.DefaultAsync(project, location, cancellation).ConfigureAwait(false)).Name;
    }

    public async Task<IReadOnlyList<TensorboardTimeSeries>> SeriesAsync(string run, CancellationToken cancellation) =>
        [.. (await series.AllAsync(RunName.Parse(run, "run"), cancellation).ConfigureAwait(false)).Select(static shown => shown.View)];

    public Task<IReadOnlyList<TensorboardTimeSeries>> CreateSeriesAsync(string run, IReadOnlyList<TensorboardTimeSeries> wanted, CancellationToken cancellation)
    {
        var name = RunName.Parse(run, "run");
        return series.CreateAsync([.. wanted.Select(one => (name, "", one))], cancellation);
    }

    public Task WriteAsync(WriteTensorboardRunDataRequest request, CancellationToken cancellation) =>
        writes.WriteAsync(RunName.Parse(request.TensorboardRun, "run"), request.TimeSeriesData, cancellation);

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];
}
