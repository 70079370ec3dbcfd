namespace Cairn.Tracking.Cleanup;

/// <summary>What is to be removed.</summary>
/// <param name="OlderThanSeconds">Only what was deleted at least so long ago.</param>
/// <param name="DryRun">Whether it is only told.</param>
/// <param name="PageToken">Where an earlier answer ended.</param>
public sealed record RemovalRequest(double? OlderThanSeconds, bool DryRun = false, string? PageToken = null);
