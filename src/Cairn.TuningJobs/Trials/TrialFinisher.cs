using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Tuning;
using Cairn.Tuning.Names;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.TuningJobs.Trials;

/// <summary>Tells the study what came of a trial whose custom job has ended. Every step can be repeated.</summary>
internal sealed class TrialFinisher(IWork work, IResourceStore store, IStudies studies, RunMetrics runs, TimeProvider time)
{
    private const int MaxReason = 4_000;

    public async Task FinishAsync(
        WorkItem item,
        HyperparameterTuningJob job,
        TuningJobRow tuning,
        TuningTrialRow row,
        CancellationToken cancellation
    )
    {
        var request = await CompletionAsync(job, tuning, row, cancellation);
        var trial = await CompleteAsync(request, row, cancellation);
        trial.Measurements.Clear();
        trial.ClientId = "";
        trial.CustomJob = row.CustomJob;
        await store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                if (
                    TuningTrialTable.Find(session, row.Job, row.Trial) is { Phase: TrialPhase.Ended } ended
                    && store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, row.Job) is { } stored
                )
                {
                    TuningTrialTable.Update(session, ended with { Phase = TrialPhase.Done, Body = trial });
                    store.Update(session, TuningJobKind.Kind, stored);
                }

                return true;
            },
            cancellation
        );
    }

    private async Task<Trial> CompleteAsync(CompleteTrialRequest request, TuningTrialRow row, CancellationToken cancellation)
    {
        try
        {
            var trial = await studies.GetTrialAsync(TrialName.Parse(request.Name, "name"), cancellation);
            return trial.State is Trial.Types.State.Succeeded or Trial.Types.State.Infeasible
                ? trial
                : await studies.CompleteAsync(request, cancellation);
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            // Someone has deleted the study or the trial; what came of it is kept here.
            var trial = row.Body.Clone();
            trial.State = request.TrialInfeasible ? Trial.Types.State.Infeasible : Trial.Types.State.Succeeded;
            trial.InfeasibleReason = request.InfeasibleReason;
            trial.FinalMeasurement = request.FinalMeasurement;
            trial.EndTime = Timestamps.ToTimestamp(Timestamps.ToMicros(time.GetUtcNow()));
            return trial;
        }
    }

    private async Task<CompleteTrialRequest> CompletionAsync(
        HyperparameterTuningJob job,
        TuningJobRow tuning,
        TuningTrialRow row,
        CancellationToken cancellation
    )
    {
        if (row.Outcome != JobState.Succeeded && !row.Stopping)
        {
            return Infeasible(
                row,
                row.Outcome != JobState.Cancelled ? $"The trial's job failed: {row.Reason}"
                    : tuning.Cancel ? "The tuning job was cancelled while the trial ran."
                    : tuning.Failure.Length > 0 ? "The tuning job failed while the trial ran."
                    : "The trial's job was cancelled."
            );
        }

        var chosen = (
            job.StudySpec.MeasurementSelectionType == MeasurementSelectionType.BestMeasurement && row.Best.Metrics.Count > 0
                ? row.Best
                : row.Last
        ).Clone();
        var missing = job
            .StudySpec.Metrics.Where(metric => !ReportedMetrics.Has(chosen, metric.MetricId))
            .Select(static metric => metric.MetricId)
            .ToList();
        if (missing.Count > 0)
        {
            var logged = await runs.ReadAsync(row.CustomJob, cancellation);
            foreach (var metric in missing.Where(logged.ContainsKey))
            {
                ReportedMetrics.Set(chosen, metric, logged[metric].Value);
                chosen.StepCount = Math.Max(chosen.StepCount, logged[metric].Step);
            }

            if (missing.Find(metric => !logged.ContainsKey(metric)) is { } absent)
            {
                return Infeasible(
                    row,
                    Absent(
                        absent,
                        [
                            .. logged
                                .Keys.Where(static name => !name.StartsWith("system/", StringComparison.Ordinal))
                                .Order(StringComparer.Ordinal),
                        ]
                    )
                );
            }
        }

        var strange = chosen.Metrics.FirstOrDefault(static metric => !double.IsFinite(metric.Value));
        return strange is null
            ? new CompleteTrialRequest { Name = row.Body.Name, FinalMeasurement = chosen }
            : Infeasible(
                row,
                $"The trial's last value of the metric '{strange.MetricId}' is {strange.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}, which is no number to compare."
            );
    }

    private static string Absent(string metric, IReadOnlyList<string> others) =>
        $"The trial's job succeeded and did not report the metric '{metric}'{(others.Count > 0 ? $" (it did report {string.Join(", ", others.Take(10).Select(static name => $"'{name}'"))})" : "")}. "
        + $"Report it with hypertune.HyperTune().report_hyperparameter_tuning_metric(hyperparameter_metric_tag='{metric}', metric_value=…), or log it to the job's MLflow run.";

    private static CompleteTrialRequest Infeasible(TuningTrialRow row, string reason) =>
        new()
        {
            Name = row.Body.Name,
            TrialInfeasible = true,
            InfeasibleReason = Characters.Cut(reason, MaxReason),
        };
}
