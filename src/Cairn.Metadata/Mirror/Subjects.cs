using System.Globalization;
using Cairn.Tracking.Runs;

namespace Cairn.Metadata.Mirror;

/// <summary>How <c>metadata_nodes</c> names what a context is the node of.</summary>
internal static class Subjects
{
    public const string RunPrefix = "run:";

    private const string ExperimentPrefix = "experiment:";

    public static string Of(Experiment experiment) => ExperimentPrefix + experiment.Id.ToString(CultureInfo.InvariantCulture);

    public static string Of(Run run) => RunPrefix + run.Uuid;

    public static long? ExperimentOf(string? subject) =>
        subject?.StartsWith(ExperimentPrefix, StringComparison.Ordinal) == true
            ? long.Parse(subject.AsSpan(ExperimentPrefix.Length), CultureInfo.InvariantCulture)
            : null;

    /// <summary>The uuid of the run, or null.</summary>
    public static string? RunOf(string? subject) =>
        subject?.StartsWith(RunPrefix, StringComparison.Ordinal) == true ? subject[RunPrefix.Length..] : null;
}
