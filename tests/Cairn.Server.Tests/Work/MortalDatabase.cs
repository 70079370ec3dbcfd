using Cairn.Kernel.Database;

namespace Cairn.Server.Tests.Work;

/// <summary>
/// The database as one server has it, which dies or stalls at a point of its life that the test chooses. Points are the beginnings and
/// the ends of its write transactions: 0 is before the first commit, 1 after it, 2 before the second.
/// </summary>
internal sealed class MortalDatabase(IDatabase inner) : IDatabase
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _deadAfter = int.MaxValue;
    private int _stalledAfter = int.MaxValue;
    private int _points = -1;
    private volatile bool _dead;
    private volatile bool _stalled;

    public SqlDialect Dialect => inner.Dialect;

    /// <summary>Whether the server is dead: nothing that it calls answers.</summary>
    public bool IsDead => _dead;

    public bool IsStalled => _stalled;

    /// <summary>Nothing that the server calls from this point on is answered; points are counted from this call on.</summary>
    public void DieAt(int point) => (_points, _deadAfter) = (-1, point);

    /// <summary>Nothing that the server calls returns from this point on, until it is told to go on.</summary>
    public void StallAt(int point) => (_points, _stalledAfter) = (-1, point);

    public void GoOn()
    {
        _stalledAfter = int.MaxValue;
        _stalled = false;
        _gate.TrySetResult();
    }

    public async Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        await PointAsync();
        var result = await inner.WriteAsync(work, cancellation);
        await PointAsync();
        return result;
    }

    public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        await LiveAsync();
        return await inner.ReadAsync(work, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task PointAsync()
    {
        var point = Interlocked.Increment(ref _points);
        _dead |= point >= _deadAfter;
        _stalled |= point >= _stalledAfter;
        return LiveAsync();
    }

    private async Task LiveAsync()
    {
        if (_dead)
        {
            throw new IOException("The server is dead (injected).");
        }

        if (_stalled)
        {
            await _gate.Task;
        }
    }
}
