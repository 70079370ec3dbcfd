namespace Cairn.Tensorboards.Events;

/// <summary>TensorBoard's plugins by the names that files carry.</summary>
public static class Plugins
{
    public const string Scalars = "scalars";
    public const string Histograms = "histograms";
    public const string Images = "images";
    public const string Audio = "audio";
    public const string Text = "text";
    public const string HParams = "hparams";
    public const string PrCurves = "pr_curves";
}
