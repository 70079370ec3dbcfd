using Cairn.Cli.Shell;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.Tune;

/// <summary><c>--metric NAME:max</c> or <c>NAME:min</c>.</summary>
internal static class MetricFlag
{
    /// <exception cref="CliException">A usage error.</exception>
    public static MetricSpec Parse(string text) =>
        text.Split(':') switch
        {
            [{ Length: > 0 } name, "max"] => new MetricSpec { MetricId = name, Goal = MetricSpec.Types.GoalType.Maximize },
            [{ Length: > 0 } name, "min"] => new MetricSpec { MetricId = name, Goal = MetricSpec.Types.GoalType.Minimize },
            _ => throw CliException.Usage($"--metric is '{text}'; it must be NAME:max or NAME:min."),
        };
}
