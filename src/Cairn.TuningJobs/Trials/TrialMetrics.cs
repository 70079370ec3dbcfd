using Cairn.Jobs.Reports;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Tracking.Runs.Jobs;
using Cairn.Tuning;
using Cairn.Tuning.Names;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Trials;

/// <summary>
/// Takes what trials report while they run: into the trial, for its final measurement, and into the study, whose rule may stop it.
/// </summary>
internal sealed class TrialMetrics(IDatabase database, IResourceStore store, IStudies studies, IWork work) : IJobMetricObserver
{
    public async Task ReportedAsync(string job, IReadOnlyList<JobPoint> points, CancellationToken cancellation)
    {
        if (await database.ReadAsync(session => TuningTrialTable.OfCustomJob(session, job), cancellation) is null)
        {
            return;
        }

        var measured = await database.WriteAsync(
            session =>
            {
                if (
                    TuningTrialTable.OfCustomJob(session, job) is not { Phase: TrialPhase.Running } row
                    || store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, row.Job) is not { } tuning
                )
                {
                    return null;
                }

                TuningTrialTable.Update(session, ReportedMetrics.Add(tuning.StudySpec, row, points));
                return new Measured(
                    tuning.StudySpec.AutomatedStoppingSpecCase != StudySpec.AutomatedStoppingSpecOneofCase.None,
                    TrialName.Parse(row.Body.Name, "trial"),
                    ReportedMetrics.Measurements(tuning.StudySpec, row.Body, points)
                );
            },
            cancellation
        );
        foreach (var measurement in measured?.Measurements ?? [])
        {
            try
            {
                await studies.AddMeasurementAsync(measured!.Trial, measurement, cancellation);
            }
            catch (StatusException)
            {
                // Not later than one that the study has, as after a kill; or more than it takes; or the trial is over. Its last values are
                // kept all the same.
            }
        }

        if (measured is { MayStop: true })
        {
            // Once the study has what was reported: its rule is asked then, also where a step has asked it meanwhile without that.
            await database.WriteAsync(
                session =>
                {
                    if (TuningTrialTable.OfCustomJob(session, job) is { Phase: TrialPhase.Running } row)
                    {
                        TuningTrialTable.Update(session, row with { Fresh = true });
                        work.Wake(session, TuningWorker.KindName, row.Job);
                    }

                    return true;
                },
                cancellation
            );
        }
    }

    private sealed record Measured(bool MayStop, TrialName Trial, List<Measurement> Measurements);
}
