namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>An ended trial.</summary>
/// <param name="Coordinates">Where, as the space has it.</param>
/// <param name="Features">Where, as the kernel has it.</param>
/// <param name="Values">Its objectives, more is better; null where it could not be measured.</param>
/// <param name="Margins">Its safety metrics, negative where unsafe; null where they were not measured.</param>
internal sealed record EvidencePoint(double[] Coordinates, double[] Features, double[]? Values, double[]? Margins)
{
    public bool IsSafe => Margins is not null && Array.TrueForAll(Margins, static margin => margin >= 0);
}
