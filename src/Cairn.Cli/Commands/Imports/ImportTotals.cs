namespace Cairn.Cli.Commands.Imports;

/// <summary>What an import has written.</summary>
internal sealed class ImportTotals
{
    public int Experiments { get; set; }

    public int Runs { get; set; }

    /// <summary>Logged models.</summary>
    public int Models { get; set; }

    /// <summary>Runs and models that were left alone, because they have been deleted here.</summary>
    public int Skipped { get; set; }

    public long Points { get; set; }

    public long Files { get; set; }

    public long Bytes { get; set; }
}
