using Cairn.Kernel.Database;
using Cairn.Optimization.Designers;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Trials;

/// <summary>Trials as they are read, with their measurements.</summary>
internal sealed class TrialReads(IDatabase database, StudyModels models)
{
    private const int Chunk = 5_000;

    public Task<Trial> GetAsync(TrialName name, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                StudyTable.Get(session, name.Study);
                return MeasurementTable.Complete(
                    session,
                    name.Study.Id,
                    TrialTable.Find(session, name.Study.Id, name.Id) ?? throw TrialWrites.Missing(name)
                );
            },
            cancellation
        );

    public Task<IReadOnlyList<Trial>> ListAsync(StudyName study, long after, int count, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                StudyTable.Get(session, study);
                return (IReadOnlyList<Trial>)
                    TrialTable.Page(session, study.Id, after, count).ConvertAll(row => MeasurementTable.Complete(session, study.Id, row));
            },
            cancellation
        );

    public async Task<IReadOnlyList<Trial>> OptimalAsync(StudyName study, CancellationToken cancellation)
    {
        var model = await models.GetAsync(study, cancellation);
        return await database.ReadAsync(
            session =>
            {
                StudyTable.Get(session, study);
                var best = model.HasOneObjective ? TrialTable.Best(session, study.Id, 1) : Front(session, model, study.Id);
                return (IReadOnlyList<Trial>)best.ConvertAll(row => MeasurementTable.Complete(session, study.Id, row));
            },
            cancellation
        );
    }

    /// <summary>The Pareto front, chunk by chunk: what a chunk's front does not hold is dominated for good.</summary>
    private static List<TrialRow> Front(ISqlSession session, StudyModel model, long study)
    {
        var front = new List<TrialRow>();
        for (long after = 0; ; )
        {
            var rows = TrialTable.Page(session, study, after, Chunk);
            if (rows.Count == 0)
            {
                return front;
            }

            after = TrialTable.Id(rows[^1].Body);
            front.AddRange(rows.Where(row => Values(model, row.Body) is not null));
            front = Pareto.Front(front.ConvertAll(row => Values(model, row.Body)!)).Order().Select(i => front[i]).ToList();
        }
    }

    /// <summary>The objectives in which more is better; null where they are missing, not finite, or unsafe.</summary>
    private static double[]? Values(StudyModel model, Trial trial)
    {
        if (trial.State != Trial.Types.State.Succeeded || !TrialTranslation.IsSafe(model, trial.FinalMeasurement))
        {
            return null;
        }

        var values = model
            .Problem.Objectives.Select(metric =>
                trial.FinalMeasurement.Metrics.FirstOrDefault(found => found.MetricId == metric.Id) is { } found
                    ? TrialTranslation.Oriented(metric, found.Value)
                    : double.NaN
            )
            .ToArray();
        return values.All(double.IsFinite) ? values : null;
    }
}
