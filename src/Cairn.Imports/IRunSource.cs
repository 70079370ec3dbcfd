namespace Cairn.Imports;

/// <summary>A folder of another tool's runs.</summary>
public interface IRunSource
{
    /// <summary>Every run, in the order of their folders.</summary>
    IEnumerable<ImportedRun> Read();

    /// <summary>What could not be read, one sentence each.</summary>
    IReadOnlyList<string> Problems { get; }

    /// <summary>Where files of the runs are that are not brought, one sentence for each place.</summary>
    IEnumerable<string> Elsewhere => [];
}
