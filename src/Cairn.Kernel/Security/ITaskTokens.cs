namespace Cairn.Kernel.Security;

/// <summary>Bearer tokens for tasks: limited to a project, and gone with the task.</summary>
public interface ITaskTokens
{
    /// <summary>
    /// A new token for <paramref name="task"/> that may do what a task needs inside <paramref name="project"/>. Only its hash is stored.
    /// </summary>
    Task<string> IssueAsync(string task, string project, CancellationToken cancellation = default);

    Task RevokeAsync(string task, CancellationToken cancellation = default);
}
