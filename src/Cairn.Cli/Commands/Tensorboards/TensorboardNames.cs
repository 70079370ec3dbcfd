using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Names below a tensorboard: full ones, or <c>TENSORBOARD/EXPERIMENT/RUN</c>.</summary>
internal static class TensorboardNames
{
    private static readonly string[] Collections = ["tensorboards", "experiments", "runs", "timeSeries"];

    /// <param name="parts">How many parts the name has: 1 for a tensorboard, 2 for an experiment, 3 for a run, 4 for a time series.</param>
    public static string Full(ApiSession session, string given, int parts)
    {
        if (given.StartsWith("projects/", StringComparison.Ordinal))
        {
            return given;
        }

        var ids = given.Split('/');
        return ids.Length == parts && ids.All(static id => id.Length > 0)
            ? $"{session.Parent}/{string.Join('/', ids.Select(static (id, i) => $"{Collections[i]}/{id}"))}"
            : throw CliException.Usage(
                $"'{given}' is neither a full name nor {string.Join('/', new[] { "TENSORBOARD", "EXPERIMENT", "RUN", "TIME_SERIES" }.Take(parts))}."
            );
    }
}
