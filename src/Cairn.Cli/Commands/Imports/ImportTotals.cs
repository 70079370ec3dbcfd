namespace Cairn.Cli.Commands.Imports;

/// <summary>What an import has written.</summary>
internal sealed class ImportTotals
{
    public int Experiments { get; set; }

    public int Runs { get; set; }

    public long Points { get; set; }

    public long Files { get; set; }

    public long Bytes { get; set; }
}
