using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Trials;

/// <summary>What happens to single trials.</summary>
internal sealed class TrialWrites(IDatabase database, StudyModels models, TimeProvider time)
{
    private const int MaxMeasurements = 10_000;
    private const int MaxReason = 4_096;

    public async Task<Trial> CreateAsync(StudyName study, Trial given, CancellationToken cancellation)
    {
        var model = await models.GetAsync(study, cancellation);
        var trial = UserTrial.Make(model, given, time.GetUtcNow());
        return await database.WriteAsync(
            session =>
            {
                var row = StudyTable.Get(session, study);
                var created = trial.Clone();
                created.Id = (row.Issued + 1).ToString(CultureInfo.InvariantCulture);
                created.Name = new TrialName(study, row.Issued + 1).ToString();
                StudyTable.Advance(session, study.Id, row.Issued + 1, row.State);
                TrialTable.Insert(session, model, study.Id, created);
                return created;
            },
            cancellation
        );
    }

    public async Task<Trial> AddMeasurementAsync(TrialName name, Measurement measurement, CancellationToken cancellation)
    {
        var model = await models.GetAsync(name.Study, cancellation);
        MeasurementChecks.Require(model, measurement, "measurement", complete: false);
        var elapsed = Micros(measurement);
        return await ChangeAsync(
            name,
            model,
            (session, row) =>
            {
                RequireOpen(name, row, "take a measurement");
                row = Recounted(session, name, row);
                if (row.Measured >= MaxMeasurements)
                {
                    throw StatusException.ResourceExhausted(
                        $"Trial '{name}' has {row.Measured} measurements; a trial can have {MaxMeasurements}. Report less often."
                    );
                }

                if (row.Measured > 0 && (measurement.StepCount, elapsed).CompareTo((row.LastStep, row.LastElapsed)) <= 0)
                {
                    throw StatusException.InvalidArgument(
                        $"The measurement of trial '{name}' is at step {measurement.StepCount} and {elapsed} µs, and the last one at step {row.LastStep} and {row.LastElapsed} µs; each must be later."
                    );
                }

                MeasurementTable.Insert(session, name.Study.Id, name.Id, row.Measured, measurement);
                return row with { Measured = row.Measured + 1, LastStep = measurement.StepCount, LastElapsed = elapsed };
            },
            cancellation
        );
    }

    public async Task<Trial> CompleteAsync(CompleteTrialRequest request, CancellationToken cancellation)
    {
        var name = TrialName.Parse(request.Name, "name");
        var model = await models.GetAsync(name.Study, cancellation);
        if (request.InfeasibleReason.Length > MaxReason || (request.InfeasibleReason.Length > 0 && !request.TrialInfeasible))
        {
            throw StatusException.InvalidArgument(
                request.TrialInfeasible
                    ? $"`infeasible_reason` has {request.InfeasibleReason.Length} characters; it may have {MaxReason}."
                    : "`infeasible_reason` is given for a trial that is not `trial_infeasible`; set that too, or leave the reason out."
            );
        }

        if (!request.TrialInfeasible && request.FinalMeasurement is { } given)
        {
            MeasurementChecks.Require(model, given, "final_measurement", complete: true);
        }

        return await ChangeAsync(
            name,
            model,
            (session, row) =>
            {
                RequireOpen(name, row, "be completed");
                var final = request.TrialInfeasible
                    ? null
                    : request.FinalMeasurement ?? FinalChoice.Choose(model, MeasurementTable.Of(session, name.Study.Id, name.Id));
                row.Body.EndTime = Timestamps.ToTimestamp(Timestamps.ToMicros(time.GetUtcNow()));
                if (final is not null)
                {
                    (row.Body.State, row.Body.FinalMeasurement) = (Trial.Types.State.Succeeded, final);
                }
                else
                {
                    (row.Body.State, row.Body.InfeasibleReason) = (
                        Trial.Types.State.Infeasible,
                        request.TrialInfeasible ? request.InfeasibleReason : "No measurement of all metrics was reported."
                    );
                }

                return row;
            },
            cancellation
        );
    }

    public async Task<Trial> StopAsync(TrialName name, CancellationToken cancellation)
    {
        var model = await models.GetAsync(name.Study, cancellation);
        return await ChangeAsync(
            name,
            model,
            (_, row) =>
            {
                RequireOpen(name, row, "be stopped");
                row.Body.State = Trial.Types.State.Stopping;
                return row;
            },
            cancellation
        );
    }

    public Task DeleteAsync(TrialName name, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                StudyTable.Get(session, name.Study);
                return TrialTable.Delete(session, name.Study.Id, name.Id) ? true : throw Missing(name);
            },
            cancellation
        );

    public static StatusException Missing(TrialName name) => StatusException.NotFound($"Trial '{name}' does not exist.");

    private static void RequireOpen(TrialName name, TrialRow row, string what)
    {
        if (row.Body.State is not (Trial.Types.State.Active or Trial.Types.State.Stopping or Trial.Types.State.Requested))
        {
            throw StatusException.FailedPrecondition(
                $"Trial '{name}' is {row.Body.State.ToString().ToUpperInvariant()} and can no longer {what}."
            );
        }
    }

    /// <summary>Older versions forgot how many measurements a requested trial had when they handed it out.</summary>
    private static TrialRow Recounted(ISqlSession session, TrialName name, TrialRow row) =>
        row.Measured == 0 && MeasurementTable.Of(session, name.Study.Id, name.Id) is [.., var last] kept
            ? row with
            {
                Measured = kept.Count,
                LastStep = last.StepCount,
                LastElapsed = Micros(last),
            }
            : row;

    private static long Micros(Measurement measurement) =>
        measurement.ElapsedDuration is { } elapsed ? (elapsed.Seconds * 1_000_000) + (elapsed.Nanos / 1_000) : 0;

    private Task<Trial> ChangeAsync(
        TrialName name,
        StudyModel model,
        Func<ISqlSession, TrialRow, TrialRow> change,
        CancellationToken cancellation
    ) =>
        database.WriteAsync(
            session =>
            {
                StudyTable.Get(session, name.Study);
                var row = change(session, TrialTable.Find(session, name.Study.Id, name.Id) ?? throw Missing(name));
                TrialTable.Update(session, model, name.Study.Id, row);
                return MeasurementTable.Complete(session, name.Study.Id, row);
            },
            cancellation
        );
}
