using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Service;
using Cairn.Tensorboards.Uploads;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Jobs;

/// <summary>
/// Writes what a job logs to the job's run: the one that it names, else one of its own in the experiment that it names, else in that of all
/// custom jobs.
/// </summary>
internal sealed class JobRunSink(
    FollowedJob job,
    IDatabase database,
    Boards boards,
    TrackedRuns tracked,
    RunStore runs,
    SeriesViews series,
    SeriesWrites writes
) : IRunSink
{
    private const string Jobs = "custom-jobs";

    public async Task<string> OpenRunAsync(string displayName, CancellationToken cancellation)
    {
        // projects/P/locations/L/customJobs/ID
        var parts = job.Job.Split('/');
        var (project, location, id) = (parts[1], parts[3], parts[5]);
        var parent = $"projects/{project}/locations/{location}";

        // A job writes to its own project, whatever it names.
        var named = job.Tensorboard.StartsWith(parent + "/tensorboards/", StringComparison.Ordinal) ? job.Tensorboard : null;
        var (experiment, run) = await database.WriteAsync(
            session =>
            {
                var context = Last(job.Run);
                if (context.Length > 0 && runs.FindByContext(session, project, location, context) is { } given)
                {
                    return given;
                }

                var slug = Last(job.Experiment) is { Length: > 0 } last ? last : Jobs;
                var home =
                    tracked.FindExperiment(session, project, location, slug)
                    ?? tracked.CreateExperiment(
                        session,
                        project,
                        location,
                        slug,
                        slug == Jobs ? "Custom jobs" : slug,
                        slug == Jobs ? null : named
                    );
                var own = context.StartsWith(slug + "-", StringComparison.Ordinal) ? context[(slug.Length + 1)..] : $"job-{id}";
                return (home, tracked.FindRun(session, home, own) ?? tracked.CreateRun(session, home, own, displayName));
            },
            cancellation
        );
        var board = TensorboardName.Parse(
            experiment.Tensorboard ?? (await boards.DefaultAsync(project, location, cancellation)).Name,
            "tensorboard"
        );
        return board.Parent == parent
            ? new RunName(new ExperimentName(board, experiment.Slug), run.Slug).ToString()
            : throw StatusException.FailedPrecondition(
                $"The experiment '{experiment.Slug}' of '{parent}' names the tensorboard '{board}' of another project or location, which cannot show it."
            );
    }

    public async Task<IReadOnlyList<TensorboardTimeSeries>> SeriesAsync(string run, CancellationToken cancellation) =>
        [.. (await series.AllAsync(RunName.Parse(run, "run"), cancellation)).Select(static shown => shown.View)];

    public async Task<IReadOnlyList<TensorboardTimeSeries>> CreateSeriesAsync(
        string run,
        IReadOnlyList<TensorboardTimeSeries> wanted,
        CancellationToken cancellation
    )
    {
        // The program may write to the run through the API too.
        var name = RunName.Parse(run, "run");
        var there = (await SeriesAsync(run, cancellation)).ToLookup(static known => known.DisplayName);
        var made = await series.CreateAsync(
            [.. wanted.Where(one => !there.Contains(one.DisplayName)).Select(one => (name, "", one))],
            cancellation
        );
        return [.. wanted.SelectMany(one => there[one.DisplayName].Take(1)), .. made];
    }

    public Task WriteAsync(WriteTensorboardRunDataRequest request, CancellationToken cancellation) =>
        writes.WriteAsync(RunName.Parse(request.TensorboardRun, "run"), request.TimeSeriesData, cancellation);

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];
}
