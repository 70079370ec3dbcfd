namespace Cairn.Tracking.Cleanup;

/// <summary>What was removed, or would be.</summary>
public sealed record RemovalReport
{
    public IReadOnlyList<Removed> Runs { get; init; } = [];

    public IReadOnlyList<Removed> Models { get; init; } = [];

    public IReadOnlyList<Removed> Experiments { get; init; } = [];

    /// <summary>What was deleted and stays, each with the reason.</summary>
    public IReadOnlyList<Kept> Kept { get; init; } = [];

    /// <summary>How many objects lie, or lay, in the folders of what is told here.</summary>
    public long Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>Where the next call goes on; null at the end.</summary>
    public string? NextPageToken { get; init; }
}

/// <summary>One thing that is removed.</summary>
public sealed record Removed(string Id, string Name, string Experiment, DateTimeOffset DeleteTime);

/// <summary>One thing that is kept.</summary>
public sealed record Kept(string Id, string Name, string Reason);
