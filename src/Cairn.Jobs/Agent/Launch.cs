namespace Cairn.Jobs.Agent;

/// <summary>A program to start for a task, and how to end it and to understand its end.</summary>
internal sealed record Launch(
    string File,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Directory
)
{
    /// <summary>Whether what runs the program holds it to its memory.</summary>
    public bool HoldsMemory { get; init; }

    /// <summary>A file that the program finds open as descriptor 3.</summary>
    public string? InputFile { get; init; }

    /// <summary>Asks the task's processes to end (SIGTERM). Gets the pid of what was started.</summary>
    public required Func<int, Task> Terminate { get; init; }

    /// <summary>Kills what is left. Gets the pid of what was started; also called when it has ended, for what it left behind.</summary>
    public required Func<int, Task> Kill { get; init; }

    /// <summary>Turns the program's status into the task's; the launcher may report its child's end in its own way.</summary>
    public Func<ChildStatus, Task<TaskEnd>> Interpret { get; init; } = static status => Task.FromResult(new TaskEnd(status));
}

/// <param name="Status">How the user's program ended.</param>
/// <param name="Reason">What the launcher knows about why, or null.</param>
/// <param name="NotStarted">Whether the user's program never ran.</param>
/// <param name="OutOfMemory">Whether what ran the program killed it because it used more memory than it has.</param>
internal sealed record TaskEnd(ChildStatus Status, string? Reason = null, bool NotStarted = false, bool OutOfMemory = false);
