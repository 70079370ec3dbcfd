using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Storage;

/// <summary>What of a study changes with its trials, and its options.</summary>
internal sealed record StudyRow(
    long Id,
    string Parent,
    Study.Types.State State,
    DateTimeOffset Created,
    long Issued,
    string Algorithm,
    IReadOnlyList<long> Predecessors
);
