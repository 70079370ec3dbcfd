using Cairn.Optimization.Designers;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.AskTell;

/// <summary>
/// A study in memory: ask for a trial, evaluate it however you like, tell what it came to. Not for use from several threads at once.
/// </summary>
public sealed class Optimizer(Problem problem, IDesigner designer)
{
    private readonly List<Trial> _trials = [];

    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>
    /// The completed trials that no other is better than: one, or with several objectives the Pareto front; equals in their order.
    /// </summary>
    public IReadOnlyList<Trial> Best
    {
        get
        {
            var measured = _trials.Where(trial => problem.ObjectivesOf(trial) is not null).ToList();
            return [.. Pareto.Front(measured.ConvertAll(trial => problem.ObjectivesOf(trial)!)).Order().Select(i => measured[i])];
        }
    }

    /// <returns>New active trials; fewer than asked for only when the space is exhausted.</returns>
    public IReadOnlyList<Trial> Ask(int count = 1, CancellationToken cancellation = default)
    {
        var points = designer.Suggest(new SuggestRequest(problem, [.. _trials], _trials.Count, count), cancellation);
        var asked = points.Select((point, i) => new Trial(_trials.Count + 1 + i, point, TrialState.Active)).ToList();
        _trials.AddRange(asked);
        return asked;
    }

    /// <summary>Completes a trial with its metrics by id.</summary>
    public void Tell(Trial trial, IReadOnlyDictionary<string, double> metrics) =>
        Replace(trial, trial with { State = TrialState.Completed, Final = new Measurement(0, TimeSpan.Zero, metrics) });

    /// <summary>Completes a trial of a problem with one metric.</summary>
    public void Tell(Trial trial, double value) => Tell(trial, new Dictionary<string, double> { [problem.Objectives[0].Id] = value });

    /// <summary>Says that a trial's point cannot be evaluated.</summary>
    public void TellInfeasible(Trial trial) => Replace(trial, trial with { State = TrialState.Infeasible });

    /// <summary>Adds a trial that was made elsewhere.</summary>
    /// <exception cref="ArgumentException">Its parameters are no point of the space.</exception>
    public Trial Add(IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        if (problem.Space.Reject(parameters) is { } why)
        {
            throw new ArgumentException($"The trial is no point of the search space: {why}");
        }

        var trial = new Trial(_trials.Count + 1, parameters, TrialState.Active);
        _trials.Add(trial);
        return trial;
    }

    private void Replace(Trial trial, Trial by)
    {
        var index = checked((int)(trial.Id - 1));
        if (index < 0 || index >= _trials.Count || _trials[index].State != TrialState.Active)
        {
            throw new ArgumentException($"Trial {trial.Id} is not an active trial of this study.");
        }

        _trials[index] = by;
    }
}
