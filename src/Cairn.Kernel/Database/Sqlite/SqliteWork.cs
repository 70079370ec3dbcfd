namespace Cairn.Kernel.Database.Sqlite;

/// <summary>A caller's function and the task it waits on. The outcome is kept until the group's commit is durable.</summary>
internal sealed class SqliteWork<T>(Func<ISqlSession, T> work) : ISqliteWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private T? _result;
    private Exception? _failure;
    private CommitEffects _effects = new();

    public Task<T> Task => _completion.Task;

    public Exception? Failure => _failure;

    /// <summary>When it was run, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts; 0 before.</summary>
    public long Begun { get; private set; }

    public bool Run(SqliteSession session)
    {
        _failure = null;
        Begun = System.Diagnostics.Stopwatch.GetTimestamp();
        session.Effects = _effects = new CommitEffects();
        try
        {
            _result = work(session);
            return true;
        }
        catch (Exception error)
        {
            _failure = error;
            return false;
        }
        finally
        {
            session.Effects = null;
        }
    }

    public void Complete()
    {
        if (_failure is null)
        {
            _effects.Run();
            _completion.SetResult(_result!);
        }
        else
        {
            _completion.SetException(SqliteError.ForCallers(_failure));
        }
    }

    public void Fail(Exception error) => _completion.TrySetException(SqliteError.ForCallers(_failure ?? error));
}
