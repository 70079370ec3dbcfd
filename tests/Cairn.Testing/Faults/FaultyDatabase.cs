using System.Data.Common;
using Cairn.Kernel.Database;

namespace Cairn.Testing.Faults;

/// <summary>
/// A store that fails at the n-th step of its write transactions: at a statement, before a commit (nothing of it stays), or after a commit
/// (it is durable, and the caller is not told so). Reads succeed.
/// </summary>
public sealed class FaultyDatabase(IDatabase inner) : IDatabase
{
    private int _remaining = int.MaxValue;

    /// <summary>Lets <paramref name="steps"/> steps succeed; the one after them fails, and then all succeed again.</summary>
    public void FailAfter(int steps) => Volatile.Write(ref _remaining, steps);

    public void NeverFail() => FailAfter(int.MaxValue);

    /// <summary>Whether the armed failure has happened.</summary>
    public bool HasFailed => Volatile.Read(ref _remaining) < 0;

    /// <summary>Where it happened: <c>statement: INSERT …</c>, <c>before commit</c>, <c>after commit</c>.</summary>
    public string? Failure { get; private set; }

    public SqlDialect Dialect => inner.Dialect;

    public async Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        var result = await inner.WriteAsync(
            session =>
            {
                var done = work(new Session(this, session));
                Step("before commit");
                return done;
            },
            cancellation
        );
        Step("after commit");
        return result;
    }

    public Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) => inner.ReadAsync(work, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Step(string name)
    {
        if (Interlocked.Decrement(ref _remaining) == -1)
        {
            Failure = name;
            throw new IOException($"The disk failed (injected: {name}).");
        }
    }

    private sealed class Session(FaultyDatabase database, ISqlSession inner) : ISqlSession
    {
        public SqlDialect Dialect => inner.Dialect;

        public int Execute(string sql, params ReadOnlySpan<object?> arguments)
        {
            database.Step("statement: " + sql);
            return inner.Execute(sql, arguments);
        }

        public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
        {
            database.Step("statement: " + sql);
            return inner.Query(sql, map, arguments);
        }

        public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
        {
            database.Step("statement: " + sql);
            return inner.QueryFirst(sql, map, arguments);
        }

        public void OnCommit(Action effect) => inner.OnCommit(effect);
    }
}
