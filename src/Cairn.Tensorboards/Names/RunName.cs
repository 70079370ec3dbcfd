using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/experiments/{experiment}/runs/{run}</c>.</summary>
public readonly record struct RunName(ExperimentName Experiment, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static RunName Parse(string text, string field)
    {
        var at = text.LastIndexOf("/runs/", StringComparison.Ordinal);
        return at > 0 && text.Length > at + 6 && text.IndexOf('/', at + 6) < 0
            ? new RunName(ExperimentName.Parse(text[..at], field), text[(at + 6)..])
            : throw NameErrors.Malformed(text, field, "tensorboards/TENSORBOARD/experiments/EXPERIMENT/runs/RUN");
    }

    public override string ToString() => $"{Experiment}/runs/{Id}";
}
