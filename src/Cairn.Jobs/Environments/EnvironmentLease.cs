namespace Cairn.Jobs.Environments;

/// <summary>An environment in use: it is not removed before this is disposed, or this process ends.</summary>
internal sealed class EnvironmentLease(string folder, EnvironmentRecord record, FileStream held) : IDisposable
{
    /// <summary>The environment's folder.</summary>
    public string Folder { get; } = folder;

    public EnvironmentRecord Record { get; } = record;

    /// <summary>The key, shortened to what a log line can bear.</summary>
    public string Name => Path.GetFileName(Folder)[..12];

    public string Interpreter => Path.Combine(Folder, "bin", "python3");

    public void Dispose() => held.Dispose();
}
