namespace Cairn.Jobs.Tasks;

/// <summary>
/// Whether tasks run on this machine, or did a moment ago: a call that one of them sent just before its end may still wait for its turn.
/// </summary>
internal sealed class RecentTasks(TimeProvider time)
{
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(30);

    /// <summary>When tasks were seen last, by the provider's clock; 0 where none has been since the start.</summary>
    private long _seen;

    public bool Any => Interlocked.Read(ref _seen) is not 0 and var last && time.GetElapsedTime(last) <= Echo;

    /// <summary>Notes that there are some.</summary>
    public void Saw() => Interlocked.Exchange(ref _seen, time.GetTimestamp());
}
