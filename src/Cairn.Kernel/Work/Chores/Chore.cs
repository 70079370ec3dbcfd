namespace Cairn.Kernel.Work.Chores;

/// <summary>What is known of a chore.</summary>
/// <param name="Name">Unique; stored for one that one server of a store does, and told by telemetry as <c>chore:NAME</c>.</param>
/// <param name="Every">From the end of one run to the beginning of the next.</param>
public sealed record Chore(string Name, TimeSpan Every)
{
    /// <summary>
    /// From when it is first known to its first run. A server that is started again and again does not put it off: where one server of a
    /// store does it, the time of the next run is stored.
    /// </summary>
    public TimeSpan First { get; init; } = Every;

    /// <summary>How telemetry and the table of work call it.</summary>
    public string Kind => "chore:" + Name;
}
