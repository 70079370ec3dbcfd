using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Storage;

/// <summary>A trial as it is stored.</summary>
/// <param name="Body">All of it but its intermediate measurements.</param>
/// <param name="Measured">How many of those there are.</param>
/// <param name="LastStep">The steps of the last of them.</param>
/// <param name="LastElapsed">The time of the last of them, in microseconds.</param>
internal sealed record TrialRow(Trial Body, long Measured, long LastStep, long LastElapsed);
