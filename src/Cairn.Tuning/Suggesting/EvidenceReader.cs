using Cairn.Kernel.Database;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Trial = Cairn.Optimization.Studies.Trial;

namespace Cairn.Tuning.Suggesting;

/// <summary>The trials that a designer sees: of a long study, the latest and the best.</summary>
internal static class EvidenceReader
{
    private const int Latest = 1_500;
    private const int Best = 500;

    public static List<Trial> Read(ISqlSession session, long study)
    {
        var rows = TrialTable.Latest(session, study, Latest);
        if (rows.Count == Latest)
        {
            rows.AddRange(TrialTable.Best(session, study, Best));
        }

        return
        [
            .. rows.DistinctBy(static row => row.Body.Id)
                .Where(static row => row.Body.State != Google.Cloud.AIPlatform.V1.Trial.Types.State.Requested)
                .Select(static row => TrialTranslation.ToTrial(row.Body))
                .OrderBy(static trial => trial.Id),
        ];
    }
}
