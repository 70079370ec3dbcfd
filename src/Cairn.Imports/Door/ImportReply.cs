namespace Cairn.Imports.Door;

/// <summary>What has become of something that was brought.</summary>
/// <param name="ExperimentId">The experiment's number.</param>
/// <param name="Experiment">The experiment's id in resource names.</param>
/// <param name="Context">The run's node in the lineage graph; null of a model.</param>
/// <param name="ArtifactUri">Its artifact address.</param>
/// <param name="ArtifactFolder">The address of the objects there, in a bucket that exists; null where this server does not keep
/// them.</param>
/// <param name="Skipped">Whether nothing was written, because it has been deleted here.</param>
/// <param name="Problems">What could not be kept, one sentence each.</param>
public sealed record ImportReply(
    string ExperimentId,
    string Experiment,
    string? Context,
    string ArtifactUri,
    string? ArtifactFolder,
    bool Skipped,
    IReadOnlyList<string> Problems
);
