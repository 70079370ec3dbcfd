namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>How a reproduction tells what it reproduces.</summary>
internal static class Reproductions
{
    /// <summary>The tag of a run that holds the original's id.</summary>
    public const string Tag = "cairn.reproduces";

    /// <summary>The label of a job that holds the original run's id.</summary>
    public const string Label = "cairn-reproduces";
}
