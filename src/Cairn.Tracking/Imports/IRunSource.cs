namespace Cairn.Tracking.Imports;

/// <summary>A folder of another tool's runs.</summary>
public interface IRunSource
{
    /// <summary>Every run, in the order of their folders.</summary>
    IEnumerable<ImportedRun> Read();

    /// <summary>What could not be read, one sentence each.</summary>
    IReadOnlyList<string> Problems { get; }
}
