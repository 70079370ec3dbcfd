using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/runs/{run}/timeSeries/{time_series}</c>.</summary>
public readonly record struct SeriesName(RunName Run, string Id)
{
    private static readonly NamePattern Pattern = new(
        "projects/PROJECT/locations/LOCATION/tensorboards/TENSORBOARD/experiments/EXPERIMENT/runs/RUN/timeSeries/TIME_SERIES"
    );

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static SeriesName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(new RunName(new ExperimentName(new TensorboardName(parts[0], parts[1], parts[2]), parts[3]), parts[4]), parts[5]);
    }

    public override string ToString() => $"{Run}/timeSeries/{Id}";
}
