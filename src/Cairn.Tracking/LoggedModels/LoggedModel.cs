using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>A model that was logged to an experiment, as clients of 3.x do: an entity of its own that runs make, use and measure.</summary>
public sealed record LoggedModel
{
    /// <summary>The row; never seen by clients.</summary>
    public required long Id { get; init; }

    /// <summary><c>m-</c> and 32 hexadecimal digits.</summary>
    public required string ModelId { get; init; }

    public required long Experiment { get; init; }

    public required string Name { get; init; }

    /// <summary>What kind of model the client says it is; empty where it says nothing.</summary>
    public string Type { get; init; } = "";

    /// <summary>The <c>run_id</c> of the run that made it; empty where none did.</summary>
    public string SourceRun { get; init; } = "";

    /// <summary>The folder of its files: <c>{experiment's location}/models/{model id}/artifacts</c>.</summary>
    public required string ArtifactUri { get; init; }

    public LoggedModelStatus Status { get; init; }

    public Lifecycle Stage { get; init; }

    /// <summary>Milliseconds since 1970, as is <see cref="Updated"/>.</summary>
    public required long Created { get; init; }

    public required long Updated { get; init; }
}
