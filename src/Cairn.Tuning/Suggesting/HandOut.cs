using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Optimization.Spaces;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>Gives trials to one client, within one transaction.</summary>
internal sealed class HandOut(ISqlSession session, StudyModel model, StudyName study, string client, DateTimeOffset now, long issued)
{
    /// <summary>How many trials the study has given out, these included.</summary>
    public long Issued { get; private set; } = issued;

    public Trial Give(Slot slot, IReadOnlyDictionary<string, ParameterValue> point)
    {
        if (slot.Trial is not { } trial)
        {
            Issued++;
            trial = Start(
                new Trial { Name = new TrialName(study, Issued).ToString(), Id = Issued.ToString(CultureInfo.InvariantCulture) },
                point
            );
            TrialTable.Insert(session, model, study.Id, trial);
        }
        else if (trial.State == Trial.Types.State.Requested)
        {
            // What it measured before anybody was given it stays.
            var row = TrialTable.Find(session, study.Id, TrialTable.Id(trial))!;
            TrialTable.Update(session, model, study.Id, row with { Body = Start(trial, point) });
            MeasurementTable.Complete(session, study.Id, row with { Body = trial });
        }

        return trial;
    }

    private Trial Start(Trial trial, IReadOnlyDictionary<string, ParameterValue> point)
    {
        trial.State = Trial.Types.State.Active;
        trial.ClientId = client;
        trial.StartTime = Timestamps.ToTimestamp(Timestamps.ToMicros(now));
        trial.Parameters.Clear();
        trial.Parameters.AddRange(TrialTranslation.ToParameters(point));
        return trial;
    }
}
