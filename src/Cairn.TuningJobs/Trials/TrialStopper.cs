using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Tuning;
using Cairn.Tuning.Names;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;
using Microsoft.Extensions.Logging;

namespace Cairn.TuningJobs.Trials;

/// <summary>Ends trials that run: those that the study's rule stops, and all of a job that ends.</summary>
internal sealed partial class TrialStopper(
    IWork work,
    IResourceStore store,
    IStudies studies,
    ICustomJobs jobs,
    ILogger<TrialStopper> logger
)
{
    /// <summary>Asks the study's rule about a trial that has reported something.</summary>
    public async Task AskAsync(WorkItem item, TuningTrialRow row, CancellationToken cancellation)
    {
        string? reason = null;
        try
        {
            reason = await studies.ShouldStopAsync(TrialName.Parse(row.Body.Name, "name"), cancellation);
        }
        catch (StatusException error)
        {
            // The study or the trial was deleted; the job runs to its end.
            Log.NotAsked(logger, row.Job, row.Trial, error.Message);
        }

        if (reason is not null)
        {
            Log.Stopping(logger, row.Job, row.Trial, reason);
        }

        // The answer and what is done about it are one. What has been reported since makes the rule be asked again.
        await ChangeAsync(
            item,
            row,
            trial => (reason is null ? trial : Stop(trial)) with { Fresh = !trial.Last.Equals(row.Last) },
            cancel: reason is not null,
            cancellation
        );
    }

    /// <summary>Cancels a trial of a job that ends.</summary>
    public Task CancelAsync(WorkItem item, TuningTrialRow row, CancellationToken cancellation) =>
        ChangeAsync(item, row, static trial => trial, cancel: true, cancellation);

    private static TuningTrialRow Stop(TuningTrialRow trial)
    {
        trial.Body.State = Trial.Types.State.Stopping;
        return trial with { Stopping = true };
    }

    private Task ChangeAsync(
        WorkItem item,
        TuningTrialRow row,
        Func<TuningTrialRow, TuningTrialRow> change,
        bool cancel,
        CancellationToken cancellation
    )
    {
        return store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                if (TuningTrialTable.Find(session, row.Job, row.Trial) is not { Phase: TrialPhase.Running } trial)
                {
                    return false;
                }

                TuningTrialTable.Update(session, change(trial));
                if (cancel)
                {
                    jobs.Cancel(session, trial.CustomJob);
                }

                return true;
            },
            cancellation
        );
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Job}: trial {Trial} is stopped early. {Reason}")]
        public static partial void Stopping(ILogger logger, string job, long trial, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Job}: the study cannot tell whether trial {Trial} should stop. {Reason}")]
        public static partial void NotAsked(ILogger logger, string job, long trial, string reason);
    }
}
