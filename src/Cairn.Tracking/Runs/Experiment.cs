namespace Cairn.Tracking.Runs;

/// <summary>
/// A named collection of runs: MLflow's experiment, Vertex's context of schema <c>system.Experiment</c>, and TensorBoard's experiment.
/// </summary>
public sealed record Experiment
{
    /// <summary>MLflow's <c>experiment_id</c>; one sequence for the whole server.</summary>
    public required long Id { get; init; }

    public required string Project { get; init; }

    public required string Location { get; init; }

    /// <summary>Vertex's context id and TensorBoard's experiment id: <c>[a-z0-9][a-z0-9-]{0,127}</c>, unique in the location.</summary>
    public required string Slug { get; init; }

    /// <summary>As people call it; unique in the location.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its runs' artifacts: <c>gs://…</c> or <c>mlflow-artifacts:/…</c>.</summary>
    public required string ArtifactLocation { get; init; }

    public Lifecycle Stage { get; init; }

    /// <summary>Milliseconds since 1970, as is <see cref="Updated"/>.</summary>
    public required long Created { get; init; }

    public required long Updated { get; init; }

    /// <summary>The resource name of the tensorboard that shows it; null for the location's default one.</summary>
    public string? Tensorboard { get; init; }

    /// <summary><c>projects/p/locations/l</c>.</summary>
    public string Parent => $"projects/{Project}/locations/{Location}";
}
