namespace Cairn.Jobs.Limits;

/// <summary>Whether the kernel has ended processes for lack of memory since this was made: in the agent's own control group, which a
/// scheduler made, or on the machine.</summary>
internal sealed class OutOfMemoryWitness
{
    private readonly GroupPlace _place;
    private readonly string _statistics;
    private readonly long? _group;
    private readonly long? _machine;

    /// <param name="place">The agent's control groups.</param>
    /// <param name="statistics">The kernel's counters of the machine.</param>
    public OutOfMemoryWitness(GroupPlace place, string statistics = "/proc/vmstat")
    {
        (_place, _statistics) = (place, statistics);
        _group = OfGroup();
        _machine = OfMachine();
    }

    /// <summary>What it was that ran out, or null: for a program that was killed and nobody says by whom.</summary>
    public string? WhatRanOut() =>
        OfGroup() > (_group ?? 0) ? "what its scheduler gave it"
        : OfMachine() > (_machine ?? long.MaxValue) ? "all that the machine has"
        : null;

    private long? OfGroup() => Counted(_place.Own, "memory.events") ?? Counted(_place.OwnMemory, "memory.oom_control");

    private long? OfMachine() => CounterFile.Read(_statistics, "oom_kill");

    private static long? Counted(string? folder, string file) =>
        folder is null ? null : CounterFile.Read(Path.Combine(folder, file), "oom_kill");
}
