using Cairn.Kernel.Database;

namespace Cairn.Kernel.Tests.Work;

/// <summary>A database that counts what is written, and that can be held up: a server whose calls do not come back for a while.</summary>
internal sealed class WatchedDatabase(IDatabase inner) : IDatabase
{
    private TaskCompletionSource? _gate;
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public SqlDialect Dialect => inner.Dialect;

    public void HoldUp() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn()
    {
        var held = Interlocked.Exchange(ref _gate, null);
        held?.SetResult();
    }

    public async Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        await (_gate?.Task ?? Task.CompletedTask).WaitAsync(cancellation);
        Interlocked.Increment(ref _writes);
        return await inner.WriteAsync(work, cancellation);
    }

    public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        await (_gate?.Task ?? Task.CompletedTask).WaitAsync(cancellation);
        return await inner.ReadAsync(work, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
