namespace Cairn.Jobs.Agent;

/// <summary>A way to run a task's program on this machine. One file each, named by the task's record.</summary>
internal interface ILauncher
{
    /// <summary>The executor's name.</summary>
    string Name { get; }

    /// <summary>Prepares what the program needs and says how to start it.</summary>
    /// <exception cref="TaskFailure">It cannot be run here.</exception>
    Task<Launch> PrepareAsync(TaskContext context, CancellationToken cancellation);
}
