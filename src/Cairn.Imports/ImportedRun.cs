using System.Security.Cryptography;
using System.Text;
using Cairn.Imports.Door;
using Cairn.Tracking.Runs;

namespace Cairn.Imports;

/// <summary>A run as another tool has kept it.</summary>
public sealed record ImportedRun
{
    private const int UuidLength = 32;

    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    public IReadOnlyDictionary<string, string> ExperimentTags { get; init; } = new Dictionary<string, string>();

    /// <summary>The run's identity, the same whenever it is read: <c>[a-z0-9][a-z0-9-]*</c>.</summary>
    public required string Id { get; init; }

    /// <summary>MLflow's id of the run: the identity where it can be one, else made from it.</summary>
    public string RunId =>
        Id.Length == UuidLength && Id.All(char.IsAsciiHexDigitLower)
            ? Id
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"imported run\n{Experiment}\n{Id}")))[..UuidLength];

    public required string Name { get; init; }

    public string User { get; init; } = "";

    public required RunStatus Status { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Params { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public IReadOnlyList<ImportedMetric> Metrics { get; init; } = [];

    /// <summary>What it read.</summary>
    public IReadOnlyList<RunInput> Datasets { get; init; } = [];

    /// <summary>Ids of logged models that it used.</summary>
    public IReadOnlyList<string> ModelsUsed { get; init; } = [];

    public IReadOnlyList<ModelMade> ModelsMade { get; init; } = [];

    /// <summary>Files: the name below the run's artifacts, and where the file lies.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Artifacts { get; init; } = [];

    /// <summary>The identity of the run that this one is nested in.</summary>
    public string? Parent { get; init; }

    /// <summary>Whether it was deleted there.</summary>
    public bool Deleted { get; init; }
}
