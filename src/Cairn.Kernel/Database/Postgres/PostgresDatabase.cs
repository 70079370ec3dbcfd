using System.Data;
using System.Runtime.ExceptionServices;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Telemetry;
using Npgsql;

namespace Cairn.Kernel.Database.Postgres;

/// <summary>
/// PostgreSQL. Writes are serializable transactions, run again when the engine says that two of them could not both come first.
/// </summary>
public sealed class PostgresDatabase : IDatabase
{
    /// <summary>Runs of one piece of work before the conflict is the caller's to see.</summary>
    private const int Attempts = 40;

    /// <summary>
    /// Runs after which work waits for its turn among all the work that has met as many conflicts, on every server. Optimism is quick while
    /// conflicts are rare; twenty clients that write one row would otherwise run into each other until some have no attempts left.
    /// </summary>
    private const int Optimistic = 3;

    /// <summary>The advisory lock of those that wait for their turn: "Cairn" in ASCII.</summary>
    private const long Turn = 0x43_61_69_72_6E;

    /// <summary>Milliseconds for which the engine is taken to be away after a connection could not be opened in as long.</summary>
    private const long AwayMoment = 500;

    /// <summary>Seconds that opening a connection may take, where the address does not say.</summary>
    private const int ConnectTimeout = 5;

    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _slots;
    private readonly StoreTelemetry? _telemetry;
    private long _awaySince;

    /// <param name="connection">A <c>postgres://user:password@host:port/database?option=value</c> address, or an Npgsql connection
    /// string.</param>
    /// <param name="connections">The most connections this server opens.</param>
    /// <param name="telemetry">What is told of commits, or null.</param>
    public PostgresDatabase(string connection, int connections = 48, StoreTelemetry? telemetry = null)
    {
        _telemetry = telemetry;
        var builder = PostgresAddress.Parse(connection);
        builder.MaxPoolSize = connections;
        builder.Timeout = builder.ContainsKey("Timeout") && builder.Timeout != 15 ? builder.Timeout : ConnectTimeout;
        builder.MaxAutoPrepare = 200;
        builder.AutoPrepareMinUsages = 2;
        _source = NpgsqlDataSource.Create(builder);
        _slots = new SemaphoreSlim(connections);
    }

    public SqlDialect Dialect => SqlDialect.PostgreSql;

    public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) =>
        TelemetryNames.Recorded is null
            ? RunAsync(work, IsolationLevel.Serializable, cancellation)
            : StoreTelemetry.TracedAsync(Dialect, _ => RunAsync(work, IsolationLevel.Serializable, cancellation));

    public Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) =>
        RunAsync(work, IsolationLevel.RepeatableRead, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _slots.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<ISqlSession, T> work, IsolationLevel isolation, CancellationToken cancellation)
    {
        RequireNear();
        await _slots.WaitAsync(cancellation);
        try
        {
            var retried = false;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await RunOnceAsync(work, isolation, attempt > Optimistic, cancellation);
                }
                catch (BrokenBeforeCommitException) when (!retried)
                {
                    // Connections of the pool that broke while they were idle say so when they are used; the engine may well be there
                    // again.
                    _source.Clear();
                    retried = true;
                }
                catch (BrokenBeforeCommitException broken)
                {
                    ExceptionDispatchInfo.Throw(broken.InnerException!);
                }
                catch (PostgresException error) when (IsConflict(error) && attempt < Attempts)
                {
                    _telemetry?.Conflict(Dialect);
                    await Task.Delay(Random.Shared.Next(1, 4 << Math.Min(attempt, 6)), cancellation);
                }
                catch (PostgresException error) when (IsConflict(error))
                {
                    throw StatusException.Aborted("The change conflicted with others that ran at the same time. Try it again.");
                }
            }
        }
        catch (Exception error) when (PostgresFailures.ForCallers(error) is { } failure)
        {
            throw failure;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<T> RunOnceAsync<T>(Func<ISqlSession, T> work, IsolationLevel isolation, bool inTurn, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        if (!inTurn)
        {
            return await RunOnAsync(connection, work, isolation, cancellation);
        }

        // Before the transaction begins: its snapshot must be younger than the commit that it waited for.
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellation);
        try
        {
            return await RunOnAsync(connection, work, isolation, cancellation);
        }
        finally
        {
            // A connection that is lost has lost its lock too.
            if (connection.State == ConnectionState.Open)
            {
                await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
            }
        }
    }

    private async Task<T> RunOnAsync<T>(
        NpgsqlConnection connection,
        Func<ISqlSession, T> work,
        IsolationLevel isolation,
        CancellationToken cancellation
    )
    {
        var began = isolation == IsolationLevel.Serializable ? _telemetry?.Begin() ?? 0 : 0;
        await using var transaction = await BeforeCommitAsync(
            connection,
            () => connection.BeginTransactionAsync(isolation, cancellation).AsTask()
        );
        var effects = isolation == IsolationLevel.Serializable ? new CommitEffects() : null;
        // Sessions are synchronous by contract; blocking happens on a pool thread that the slots bound.
        var result = await BeforeCommitAsync(
            connection,
            () => Task.Run(() => work(new PostgresSession(connection, transaction, effects)), CancellationToken.None)
        );
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is not PostgresException conflict || !IsConflict(conflict))
        {
            _telemetry?.Ended(began, Dialect, 1, "_OTHER");
            throw;
        }

        _telemetry?.Ended(began, Dialect, 1, null);
        effects?.Run();
        return result;
    }

    /// <summary>Nothing has been committed yet, so that what fails because the connection broke can be run again.</summary>
    private static async Task<T> BeforeCommitAsync<T>(NpgsqlConnection connection, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception error) when (PostgresFailures.IsAway(error) && connection.FullState.HasFlag(ConnectionState.Broken))
        {
            throw new BrokenBeforeCommitException(error);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellation)
    {
        var began = Environment.TickCount64;
        try
        {
            return await _source.OpenConnectionAsync(cancellation);
        }
        catch (Exception error)
            when (PostgresFailures.IsAway(error) || error is System.Net.Sockets.SocketException or IOException or TimeoutException)
        {
            // A machine that refuses the connection says so at once, and is asked again by the next call.
            if (Environment.TickCount64 - began > AwayMoment)
            {
                Interlocked.Exchange(ref _awaySince, Environment.TickCount64);
            }

            throw PostgresFailures.Away(error);
        }
    }

    /// <summary>
    /// After a connection that was waited for in vain, calls fail at once for a moment, and do not wait in line for the next: a machine
    /// that is gone lets each of them wait.
    /// </summary>
    private void RequireNear()
    {
        if (Interlocked.Read(ref _awaySince) is var since && since != 0 && Environment.TickCount64 - since < AwayMoment)
        {
            throw PostgresFailures.Away();
        }
    }

    /// <summary>The connection was lost, and the transaction with it, before it was committed.</summary>
    private sealed class BrokenBeforeCommitException(Exception inner) : Exception("The connection was lost before the commit.", inner);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = Turn } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// serialization_failure and deadlock_detected; and unique_violation is a conflict too when two inserts raced, which the next run sees
    /// as a row.
    /// </summary>
    private static bool IsConflict(PostgresException error) =>
        error.SqlState
            is PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.UniqueViolation;
}
