namespace Cairn.Bench;

/// <param name="Name">The row, with its variant.</param>
/// <param name="Figure">What Cairn does, with its unit.</param>
/// <param name="Peer">What the peer or limit does in the same run.</param>
/// <param name="Ratio">The median over the rounds.</param>
/// <param name="Hold">What must hold, in words.</param>
/// <param name="Met">Whether it does; null where nothing is held.</param>
internal sealed record BenchmarkResult(string Name, string Figure, string Peer, double Ratio, string Hold, bool? Met)
{
    /// <summary>The hold, and whether it is met.</summary>
    public string Verdict => Met is { } met ? $"{Hold}: {(met ? "met" : "MISSED")}" : Hold;
}
