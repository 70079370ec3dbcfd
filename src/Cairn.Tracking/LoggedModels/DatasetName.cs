namespace Cairn.Tracking.LoggedModels;

/// <summary>A dataset that a metric was measured on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">Its digest; null for any.</param>
public sealed record DatasetName(string Name, string? Digest);
