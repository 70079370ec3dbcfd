namespace Cairn.Tracking.Runs;

/// <summary>What creates an experiment. Of <see cref="Slug"/> and <see cref="Name"/> one is enough: the other is made from it.</summary>
public sealed record NewExperiment(string Project, string Location)
{
    /// <summary>The number; null, but for the default experiment, for the next one.</summary>
    internal long? Id { get; init; }

    public string? Slug { get; init; }

    public string? Name { get; init; }

    /// <summary>Null: <c>mlflow-artifacts:/{id}</c>.</summary>
    public string? ArtifactLocation { get; init; }

    public string? Tensorboard { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
