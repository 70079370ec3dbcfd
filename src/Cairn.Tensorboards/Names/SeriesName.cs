using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/runs/{run}/timeSeries/{time_series}</c>.</summary>
public readonly record struct SeriesName(RunName Run, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static SeriesName Parse(string text, string field)
    {
        var at = text.LastIndexOf("/timeSeries/", StringComparison.Ordinal);
        return at > 0 && text.Length > at + 12 && text.IndexOf('/', at + 12) < 0
            ? new SeriesName(RunName.Parse(text[..at], field), text[(at + 12)..])
            : throw NameErrors.Malformed(text, field, "tensorboards/TENSORBOARD/experiments/EXPERIMENT/runs/RUN/timeSeries/TIME_SERIES");
    }

    public override string ToString() => $"{Run}/timeSeries/{Id}";
}
