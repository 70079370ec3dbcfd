namespace Cairn.Kernel.Database.Sqlite;

/// <summary>A caller's function and the task it waits on. The outcome is kept until the group's commit is durable.</summary>
internal sealed class SqliteWork<T>(Func<ISqlSession, T> work) : ISqliteWork
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private T? result;
    private Exception? failure;

    public Task<T> Task => completion.Task;

    public Exception? Failure => failure;

    public bool Run(ISqlSession session)
    {
        failure = null;
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
    }

    public void Complete()
    {
        if (failure is null)
        {
            completion.SetResult(result!);
        }
        else
        {
            completion.SetException(SqliteError.ForCallers(failure));
        }
    }

    public void Fail(Exception error) => completion.TrySetException(SqliteError.ForCallers(failure ?? error));
}
