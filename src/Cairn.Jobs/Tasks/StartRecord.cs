namespace Cairn.Jobs.Tasks;

/// <summary>
/// Written by the agent once it holds the task's lock and before it does anything: from here on this attempt is never started again.
/// </summary>
/// <param name="Pid">The agent's process.</param>
/// <param name="PidStart">That process's start in clock ticks since boot; with <paramref name="Pid"/> it names the process for
/// ever.</param>
/// <param name="Host">The machine.</param>
public sealed record StartRecord(int Pid, long PidStart, string Host, DateTimeOffset Started);
