using Cairn.Tracking.Runs;

namespace Cairn.Imports.Door;

/// <summary>
/// A run that is brought from elsewhere, with the id that it had there. Brought again, it takes what has changed; what it has beside that
/// stays.
/// </summary>
public sealed record RunImportRequest
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string RunId { get; init; }

    /// <summary>What it is and says; null where only points and models are added to it.</summary>
    public RunDescription? Run { get; init; }

    public IReadOnlyList<PointSeries> Metrics { get; init; } = [];

    /// <summary>Ids of logged models that it used.</summary>
    public IReadOnlyList<string> ModelsUsed { get; init; } = [];

    public IReadOnlyList<ModelMade> ModelsMade { get; init; } = [];
}

/// <param name="Experiment">The name; it is made where it is not there.</param>
/// <param name="ExperimentTags">Tags of the experiment.</param>
/// <param name="Slug">The run's id in resource names.</param>
/// <param name="Status">MLflow's: RUNNING, SCHEDULED, FINISHED, FAILED, KILLED.</param>
/// <param name="Started">Milliseconds since 1970, as is <paramref name="Ended"/>.</param>
/// <param name="Deleted">Whether it was deleted there.</param>
public sealed record RunDescription(
    string Experiment,
    string Slug,
    string Name,
    string User,
    string Status,
    long? Started,
    long? Ended,
    IReadOnlyDictionary<string, string> ExperimentTags,
    IReadOnlyList<KeyValuePair<string, string>> Params,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<RunInput> Datasets,
    bool Deleted
);

/// <summary>Points of one metric: the three lists are of one length.</summary>
/// <param name="Times">Microseconds since 1970.</param>
public sealed record PointSeries(string Name, IReadOnlyList<long> Steps, IReadOnlyList<long> Times, IReadOnlyList<double> Values);

/// <summary>A logged model that a run made.</summary>
public sealed record ModelMade(string ModelId, long Step);
