namespace Cairn.Kernel.Database.Sqlite;

/// <summary>A caller's function and the task it waits on. The outcome is kept until the group's commit is durable.</summary>
internal sealed class SqliteWork<T>(Func<ISqlSession, T> work) : ISqliteWork
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private T? result;
    private Exception? failure;
    private CommitEffects effects = new();

    public Task<T> Task => completion.Task;

    public Exception? Failure => failure;

    public bool Run(SqliteSession session)
    {
        failure = null;
        session.Effects = effects = new CommitEffects();
        try
        {
            result = work(session);
            return true;
        }
        catch (Exception error)
        {
            failure = error;
            return false;
        }
        finally
        {
            session.Effects = null;
        }
    }

    public void Complete()
    {
        if (failure is null)
        {
            effects.Run();
            completion.SetResult(result!);
        }
        else
        {
            completion.SetException(SqliteError.ForCallers(failure));
        }
    }

    public void Fail(Exception error) => completion.TrySetException(SqliteError.ForCallers(failure ?? error));
}
