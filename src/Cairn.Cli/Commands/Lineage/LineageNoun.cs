using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Lineage;

internal static class LineageNoun
{
    public static Noun Create() => new("lineage", "What was made from what.", new ShowLineage());
}
