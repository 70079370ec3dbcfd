using Cairn.Jobs.Logs.Blocks;

namespace Cairn.Jobs.Agent;

/// <summary>The lines of whole frames of a spool.</summary>
/// <param name="Blocks">The lines; blocks need not be cut where the frames were.</param>
/// <param name="Next">The offset behind the frames.</param>
internal readonly record struct SpoolPart(IReadOnlyList<LogBlock> Blocks, long Next)
{
    /// <summary>The lines of all of them, in the order in which they came.</summary>
    public IEnumerable<LogLine> Lines =>
        Blocks.SelectMany(static block =>
            block.Read().Select(line => new LogLine(line.InsertId(block), line.Nanoseconds, line.Severity, block.Source, line.Text))
        );
}
