namespace Cairn.Tracking.Runs;

/// <summary>What creates a run. What is null is made: an id, a slug from the name, the present time.</summary>
public sealed record NewRun(long Experiment)
{
    /// <summary>32 hexadecimal digits; given where a run is brought from elsewhere.</summary>
    public string? Uuid { get; init; }

    public string? Slug { get; init; }

    public string? Name { get; init; }

    public string User { get; init; } = "";

    public RunStatus Status { get; init; } = RunStatus.Running;

    /// <summary>Milliseconds since 1970.</summary>
    public long? Started { get; init; }

    public long? Ended { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
