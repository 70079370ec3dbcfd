using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/experiments/{experiment}/runs/{run}</c>.</summary>
public readonly record struct RunName(ExperimentName Experiment, string Id)
{
    private static readonly NamePattern Pattern = new(
        "projects/PROJECT/locations/LOCATION/tensorboards/TENSORBOARD/experiments/EXPERIMENT/runs/RUN"
    );

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static RunName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(new ExperimentName(new TensorboardName(parts[0], parts[1], parts[2]), parts[3]), parts[4]);
    }

    public override string ToString() => $"{Experiment}/runs/{Id}";
}
