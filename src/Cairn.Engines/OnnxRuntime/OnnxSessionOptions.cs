namespace Cairn.Engines.OnnxRuntime;

/// <summary>How a session runs.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>
    /// Threads that one operator may use, the caller's included. 1 runs wholly on the calling thread, which is fastest for the small models
    /// of tabular data and lets many requests run side by side.
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;
}
