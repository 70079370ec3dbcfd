using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

/// <summary><c>…/tensorboards/{tensorboard}/experiments/{experiment}</c>.</summary>
public readonly record struct ExperimentName(TensorboardName Tensorboard, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static ExperimentName Parse(string text, string field) =>
        text.Split('/') is [.., { } a, { } b, { } c, { } d, { } e, { } f, "experiments", { Length: > 0 } id]
        && text.Count(static x => x == '/') == 7
            ? new ExperimentName(TensorboardName.Parse(string.Join('/', a, b, c, d, e, f), field), id)
            : throw NameErrors.Malformed(text, field, "tensorboards/TENSORBOARD/experiments/EXPERIMENT");

    public override string ToString() => $"{Tensorboard}/experiments/{Id}";
}
