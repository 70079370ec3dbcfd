namespace Cairn.Jobs.Limits;

/// <summary>Whether the kernel has ended processes for lack of memory since this was made: in the agent's own control group, which a
/// scheduler made, or on the machine.</summary>
internal sealed class OutOfMemoryWitness
{
    private readonly GroupPlace place;
    private readonly string statistics;
    private readonly long? group;
    private readonly long? machine;

    /// <param name="place">The agent's control groups.</param>
    /// <param name="statistics">The kernel's counters of the machine.</param>
    public OutOfMemoryWitness(GroupPlace place, string statistics = "/proc/vmstat")
    {
        (this.place, this.statistics) = (place, statistics);
        group = OfGroup();
        machine = OfMachine();
    }

    /// <summary>What it was that ran out, or null: for a program that was killed and nobody says by whom.</summary>
    public string? WhatRanOut() => OfGroup() > (group ?? 0) ? "what its scheduler gave it"
        : OfMachine() > (machine ?? long.MaxValue) ? "all that the machine has"
        : null;

    private long? OfGroup() => Counted(place.Own, "memory.events") ?? Counted(place.OwnMemory, "memory.oom_control");

    private long? OfMachine() => CounterFile.Read(statistics, "oom_kill");

    private static long? Counted(string? folder, string file) =>
        folder is null ? null : CounterFile.Read(Path.Combine(folder, file), "oom_kill");
}
