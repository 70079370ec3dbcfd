using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/tensorboards/{tensorboard}/experiments/{experiment}</c>.</summary>
public readonly record struct ExperimentName(TensorboardName Tensorboard, string Id)
{
    private static readonly NamePattern Pattern = new(
        "projects/PROJECT/locations/LOCATION/tensorboards/TENSORBOARD/experiments/EXPERIMENT"
    );

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static ExperimentName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(new TensorboardName(parts[0], parts[1], parts[2]), parts[3]);
    }

    public override string ToString() => $"{Tensorboard}/experiments/{Id}";
}
