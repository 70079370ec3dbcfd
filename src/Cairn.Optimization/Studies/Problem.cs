using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Studies;

/// <summary>What is optimised. The same problem, trials and seed give the same suggestions.</summary>
public sealed class Problem
{
    /// <exception cref="ArgumentException">No objective, an id twice or with white space, or a safety bound out of range.</exception>
    public Problem(SearchSpace space, IReadOnlyList<Metric> metrics)
    {
        Space = space;
        Objectives = [.. metrics.Where(static metric => metric.Safety is null)];
        SafetyMetrics = [.. metrics.Where(static metric => metric.Safety is not null)];
        if (Objectives.Count == 0)
        {
            throw new ArgumentException("There is no metric to optimise; give at least one that is not a safety metric.");
        }

        if (metrics.FirstOrDefault(static metric => string.IsNullOrEmpty(metric.Id) || metric.Id.Any(char.IsWhiteSpace)) is { } unnamed)
        {
            throw new ArgumentException($"A metric's id is '{unnamed.Id}'; it must not be empty and must have no white space.");
        }

        if (
            metrics.GroupBy(static metric => metric.Id, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1) is
            { } twice
        )
        {
            throw new ArgumentException($"Metric '{twice.Key}' occurs twice; ids must be unique.");
        }

        if (
            SafetyMetrics.FirstOrDefault(static metric =>
                !double.IsFinite(metric.Safety!.Threshold) || metric.Safety.MinSafeFraction is < 0 or > 1 or double.NaN
            ) is
            { } wrong
        )
        {
            throw new ArgumentException(
                $"The safety bound of metric '{wrong.Id}' needs a finite threshold, and a fraction of safe trials between 0 and 1."
            );
        }
    }

    public SearchSpace Space { get; }

    public IReadOnlyList<Metric> Objectives { get; }

    public IReadOnlyList<Metric> SafetyMetrics { get; }

    public Noise Noise { get; init; }

    public ulong Seed { get; init; }

    /// <summary>
    /// Trials of studies like this one, oldest study first, which a designer may learn from. Their metrics are matched by id, their
    /// parameters too.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Trial>> Predecessors { get; init; } = [];

    /// <summary>The same problem with other predecessors.</summary>
    public Problem With(IReadOnlyList<IReadOnlyList<Trial>> predecessors) =>
        new(Space, [.. Objectives, .. SafetyMetrics])
        {
            Noise = Noise,
            Seed = Seed,
            Predecessors = predecessors,
        };

    /// <summary>
    /// The objectives of a trial, turned so that more is better; null where it has none (active, infeasible, or a value missing or not
    /// finite).
    /// </summary>
    internal double[]? ObjectivesOf(Trial trial) => Values(trial, Objectives);

    /// <summary>Safety metrics of a trial as distances to the unsafe side (negative: unsafe); null where they were not measured.</summary>
    internal double[]? SafetyOf(Trial trial)
    {
        var values = Values(trial, SafetyMetrics);
        for (var i = 0; i < values?.Length; i++)
        {
            values[i] -= SafetyMetrics[i].Oriented(SafetyMetrics[i].Safety!.Threshold);
        }

        return values;
    }

    private static double[]? Values(Trial trial, IReadOnlyList<Metric> metrics)
    {
        if (trial is not { State: TrialState.Completed, Final: { } final })
        {
            return null;
        }

        var values = new double[metrics.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (!final.Values.TryGetValue(metrics[i].Id, out var value) || !double.IsFinite(value))
            {
                return null;
            }

            values[i] = metrics[i].Oriented(value);
        }

        return values;
    }
}
