namespace Cairn.Jobs.Tasks;

/// <summary>The run that a task logs to.</summary>
/// <param name="Experiment">MLflow's experiment id.</param>
/// <param name="ExperimentSlug">Vertex's experiment.</param>
/// <param name="Uuid">MLflow's run id.</param>
/// <param name="Slug">Vertex's run.</param>
internal sealed record TaskRun(long Experiment, string ExperimentSlug, string Uuid, string Slug);
