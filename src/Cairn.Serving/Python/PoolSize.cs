namespace Cairn.Serving.Python;

/// <summary>How many replicas run.</summary>
/// <param name="Min">Always, while deployed; 0 for none between requests.</param>
/// <param name="Max">Under load.</param>
/// <param name="Idle">How long one above the minimum waits for a request.</param>
internal readonly record struct PoolSize(int Min, int Max, TimeSpan Idle);
