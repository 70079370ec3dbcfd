using Cairn.Kernel.Database;

namespace Cairn.Server.Tests.Work;

/// <summary>
/// A kind of durable work, for the tests of what all kinds promise: how it begins, what comes of it, and what becomes of it when it is
/// cancelled. A new kind has one of these.
/// </summary>
internal abstract class WorkScenario
{
    protected const string Parent = "projects/p/locations/us-central1";

    /// <summary>The name of the kind.</summary>
    public abstract string Kind { get; }

    /// <summary>What <see cref="OutcomeAsync"/> says of work that went well: the state of what it is about, and all its effects, counted.</summary>
    public abstract string Success { get; }

    /// <summary>The same, of work that was cancelled before its first step.</summary>
    public abstract string Cancelled { get; }

    /// <summary>Puts there what the work needs, once.</summary>
    public virtual Task PrepareAsync(WorkHost host) => Task.CompletedTask;

    /// <summary>Begins a piece of work; returns its key.</summary>
    /// <param name="label">Which one it is.</param>
    public abstract Task<string> BeginAsync(WorkHost host, string label);

    /// <summary>The keys of all work with a label, whether or not who began it was told of it.</summary>
    public abstract Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label);

    /// <summary>Does what others do meanwhile, again and again: ends the jobs that the work waits for.</summary>
    public virtual Task OutsideAsync(WorkHost host, string key) => Task.CompletedTask;

    /// <summary>What has come of it, or null while it is under way.</summary>
    public abstract Task<string?> OutcomeAsync(WorkHost host, string key, string label);

    public abstract Task CancelAsync(WorkHost host, string key);

    /// <summary>Damages what the work is about, so that none of its steps can succeed.</summary>
    public virtual void Poison(ISqlSession session, string key) =>
        session.Execute("UPDATE resources SET body = $2 WHERE name = $1", key, new byte[] { 0xff, 0xff, 0xff }).ShouldBe(1);
}
