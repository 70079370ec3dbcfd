using Cairn.Kernel.Database;

namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>The experiments, runs and metrics behind the Tensorboard service, which shows them and owns none of them.</summary>
internal interface ITrackedRuns
{
    TrackedExperiment? FindExperiment(ISqlSession session, string project, string location, string slug);

    /// <summary>Every active experiment of a location, oldest first.</summary>
    List<TrackedExperiment> Experiments(ISqlSession session, string project, string location);

    /// <exception cref="Kernel.Errors.StatusException">ALREADY_EXISTS.</exception>
    TrackedExperiment CreateExperiment(ISqlSession session, string project, string location, string slug, string name, string? tensorboard);

    void RenameExperiment(ISqlSession session, TrackedExperiment experiment, string name);

    void MoveExperiment(ISqlSession session, TrackedExperiment experiment, string? tensorboard);

    /// <summary>Deletes an experiment with its runs.</summary>
    void DeleteExperiment(ISqlSession session, TrackedExperiment experiment);

    TrackedRun? FindRun(ISqlSession session, TrackedExperiment experiment, string slug);

    /// <summary>Active runs in the order of their ids, after one.</summary>
    List<TrackedRun> Runs(ISqlSession session, TrackedExperiment experiment, long after, int limit);

    long CountRuns(ISqlSession session, TrackedExperiment experiment);

    /// <exception cref="Kernel.Errors.StatusException">ALREADY_EXISTS.</exception>
    TrackedRun CreateRun(ISqlSession session, TrackedExperiment experiment, string slug, string name);

    void RenameRun(ISqlSession session, TrackedRun run, string name);

    void DeleteRun(ISqlSession session, TrackedRun run);

    /// <summary>Sets parameters, in place of what they were.</summary>
    void SetParams(ISqlSession session, TrackedRun run, IReadOnlyList<(string Key, string Value, bool IsNumber)> parameters);

    /// <summary>The bytes that a run's metrics take, about.</summary>
    long MetricBytes(ISqlSession session, TrackedRun run);

    /// <summary>The number of a series' name, for ever the same.</summary>
    long Intern(ISqlSession session, string key);

    string? KeyName(ISqlSession session, long key);

    /// <summary>Adds points; those that are there are there once.</summary>
    Task LogAsync(TrackedRun run, IReadOnlyList<(long Key, string Name, MetricPoint Point)> points, CancellationToken cancellation);

    /// <summary>The run's metrics.</summary>
    Task<IReadOnlyList<MetricSeries>> SeriesAsync(TrackedRun run, CancellationToken cancellation);

    /// <summary>A metric's points by step and time; at most so many where that is given, with the extremes kept.</summary>
    Task<IReadOnlyList<MetricPoint>> HistoryAsync(TrackedRun run, MetricSeries series, int? maxPoints, CancellationToken cancellation);
}
