using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Tracking;

/// <summary>
/// Experiments and runs by the ids of MLflow, within the project that a call is confined to: another project's are as if they did not
/// exist.
/// </summary>
public sealed class RunAccess(ExperimentStore experiments, RunStore runs)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is no number; NOT_FOUND.</exception>
    public Experiment Experiment(ISqlSession session, MlflowCall call, string id) =>
        experiments.Find(session, Number(id)) is { } found && call.Sees(found.Project)
            ? found
            : throw StatusException.NotFound($"No Experiment with id={id} exists");

    /// <summary>Those experiments of a search that there are: in one that there is not, nothing is found.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where an id is no number.</exception>
    public IReadOnlyList<long> Experiments(ISqlSession session, MlflowCall call, IReadOnlyList<string> ids) =>
        [.. ids.Select(Number).Distinct().Where(id => experiments.Find(session, id) is { } found && call.Sees(found.Project))];

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Run Run(ISqlSession session, MlflowCall call, string uuid) =>
        runs.Find(session, uuid) is { } run && (call.Confined is null || call.Sees(experiments.Get(session, run.Experiment).Project))
            ? run
            : throw StatusException.NotFound($"Run with id={uuid} not found");

    /// <summary>
    /// Refuses a run that is only mentioned, where it is another project's. One that is not on this server passes: models come from other
    /// stores too.
    /// </summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public void Mentioned(ISqlSession session, MlflowCall call, string uuid)
    {
        if (uuid.Length > 0 && runs.Find(session, uuid) is { } run && !call.Sees(experiments.Get(session, run.Experiment).Project))
        {
            throw StatusException.NotFound($"Run with id={uuid} not found");
        }
    }

    /// <summary>A run that may be written to.</summary>
    /// <exception cref="StatusException">NOT_FOUND; INVALID_ARGUMENT for one that is deleted.</exception>
    public Run Active(ISqlSession session, MlflowCall call, string uuid) =>
        Run(session, call, uuid) is { Stage: Lifecycle.Active } run
            ? run
            : throw StatusException.InvalidArgument($"The run {uuid} must be in the 'active' state. Current state is deleted.");

    private static long Number(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw StatusException.InvalidArgument($"The experiment_id '{id}' is not a number.");
}
