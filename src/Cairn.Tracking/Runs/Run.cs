namespace Cairn.Tracking.Runs;

/// <summary>One execution of an experiment. Its parameters, tags and metrics are <see cref="RunData"/>.</summary>
public sealed record Run
{
    /// <summary>The row; never seen by clients.</summary>
    public required long Id { get; init; }

    /// <summary>MLflow's <c>run_id</c>: 32 hexadecimal digits.</summary>
    public required string Uuid { get; init; }

    public required long Experiment { get; init; }

    /// <summary>TensorBoard's run id; Vertex's context is <c>{experiment slug}-{this}</c>. Unique in the experiment.</summary>
    public required string Slug { get; init; }

    public required string Name { get; init; }

    public RunStatus Status { get; init; }

    /// <summary>Milliseconds since 1970, as are the other times.</summary>
    public long Started { get; init; }

    public long? Ended { get; init; }

    public long Created { get; init; }

    public long Updated { get; init; }

    public string User { get; init; } = "";

    public string ArtifactUri { get; init; } = "";

    public Lifecycle Stage { get; init; }

    /// <summary>When it was deleted; null while it is active.</summary>
    public long? Deleted { get; init; }
}
