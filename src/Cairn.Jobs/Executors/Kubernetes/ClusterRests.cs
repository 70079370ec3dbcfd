namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>How long is waited before everything is listed anew. Servers that began to wait together do not end so.</summary>
internal sealed class ClusterRests
{
    private const double Longest = 30;

    private int _unlisted;
    private int _unwatched;

    /// <summary>After a watch that went its way: about a second.</summary>
    public TimeSpan AfterWatch()
    {
        _unwatched = 0;
        return Around(1);
    }

    /// <summary>After a list that failed: from one second, each time twice as long, to thirty.</summary>
    public TimeSpan AfterFailure() => Around(Math.Pow(2, Math.Min(_unlisted++, 10)));

    /// <summary>After a list that succeeded and a watch that did not: from ten seconds to thirty.</summary>
    public TimeSpan AfterRefusal() => Around(Math.Max(10, 13 * Math.Pow(1.5, Math.Min(_unwatched++, 10))));

    public void Listed() => _unlisted = 0;

    private static TimeSpan Around(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(seconds, Longest / 1.2) * (0.8 + (0.4 * Random.Shared.NextDouble())));
}
