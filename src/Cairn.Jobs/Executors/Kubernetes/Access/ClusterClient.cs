namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// A client for as long as its credentials hold. Those who hold it dispose it once each, also the one who made it; it is gone with the
/// last.
/// </summary>
/// <param name="native">What the calls are made with.</param>
/// <param name="space">The namespace of what is made.</param>
/// <param name="expires">Until when its credentials hold; null where nobody has said.</param>
internal sealed class ClusterClient(k8s.Kubernetes native, string space, DateTimeOffset? expires) : IDisposable
{
    private int _holds = 1;

    public k8s.Kubernetes Native => native;

    public string Namespace => space;

    public DateTimeOffset? Expires => expires;

    /// <summary>Takes a hold more; false where all have let it go.</summary>
    public bool TryHold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0; holds = Volatile.Read(ref _holds))
        {
            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lets one hold go.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            native.Dispose();
        }
    }
}
