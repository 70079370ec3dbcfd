namespace Cairn.Tracking.Imports;

/// <summary>A run as another tool has kept it.</summary>
public sealed record ImportedRun
{
    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>The run's identity, the same whenever it is read: <c>[a-z0-9][a-z0-9-]*</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>As Vertex's experiment runs say it: RUNNING, COMPLETE, FAILED, CANCELLED.</summary>
    public required string State { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Params { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public IReadOnlyList<ImportedMetric> Metrics { get; init; } = [];

    /// <summary>Files: the name below the run's artifacts, and where the file lies.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Artifacts { get; init; } = [];

    /// <summary>The identity of the run that this one is nested in.</summary>
    public string? Parent { get; init; }

    /// <summary>Whether it was deleted there.</summary>
    public bool Deleted { get; init; }
}
