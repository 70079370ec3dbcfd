namespace Cairn.Jobs.Tasks;

/// <summary>Tasks that have not ended, of one executor and in one state.</summary>
/// <param name="Oldest">When the first of them was put in line.</param>
internal sealed record OpenTasks(TaskState State, string Executor, long Count, DateTimeOffset Oldest);
