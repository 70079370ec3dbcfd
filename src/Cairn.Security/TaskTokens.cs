using Cairn.Kernel.Security;

namespace Cairn.Security;

/// <summary>Tokens of tasks, which live as long as the task.</summary>
public sealed class TaskTokens(TokenStore store, TokenCache cache) : ITaskTokens
{
    /// <summary>A token outlives no task that a sane timeout would allow, even where its revocation was missed.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(60);

    public async Task<string> IssueAsync(string task, string project, CancellationToken cancellation = default) =>
        (await store.CreateAsync(Subject(task), Role.Task, project, Lifetime, cancellation)).Secret;

    public async Task RevokeAsync(string task, CancellationToken cancellation = default)
    {
        await store.RevokeSubjectAsync(Subject(task), cancellation);
        cache.Clear();
    }

    private static string Subject(string task) => "task:" + task;
}
