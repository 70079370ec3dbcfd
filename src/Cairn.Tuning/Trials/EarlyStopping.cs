using Cairn.Kernel.Database;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Trials;

/// <summary>Asks a study's rule whether a trial should stop.</summary>
internal sealed class EarlyStopping(IDatabase database, StudyModels models, TrialWrites writes)
{
    private const int MaxCompleted = 100;

    public async Task<string?> ShouldStopAsync(TrialName name, CancellationToken cancellation)
    {
        var model = await models.GetAsync(name.Study, cancellation);
        var (trial, completed) = await database.ReadAsync(
            session =>
            {
                StudyTable.Get(session, name.Study);
                var row = TrialTable.Find(session, name.Study.Id, name.Id) ?? throw TrialWrites.Missing(name);
                var asks = model.StoppingRule is not null && row.Body.State == Trial.Types.State.Active && row.Measured > 0;
                return (
                    MeasurementTable.Complete(session, name.Study.Id, row),
                    asks
                        ? TrialTable
                            .LatestMeasured(session, name.Study.Id, MaxCompleted)
                            .ConvertAll(other => MeasurementTable.Complete(session, name.Study.Id, other))
                        : []
                );
            },
            cancellation
        );
        if (trial.State == Trial.Types.State.Stopping)
        {
            return "The trial was asked to stop.";
        }

        if (completed.Count == 0)
        {
            return null;
        }

        completed.Reverse();
        var reason = await Task.Run(
            () =>
                model.StoppingRule!.ShouldStop(
                    model.Problem,
                    TrialTranslation.ToTrial(trial, trial.Measurements),
                    completed.ConvertAll(other => TrialTranslation.ToTrial(other, other.Measurements))
                ),
            cancellation
        );
        if (reason is not null)
        {
            await writes.StopAsync(name, cancellation);
        }

        return reason;
    }
}
