using Cairn.Optimization.Studies;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// Log-normal priors of the hyperparameters, and the box they are searched in. Length scales grow with the root of the number of
/// dimensions, which keeps distances between random points, and so the complexity of the functions believed in, the same: Hvarfner,
/// Hellsten and Nardi, "Vanilla Bayesian Optimization Performs Great in High Dimensions" (ICML 2024).
/// </summary>
/// <param name="Means">Of the logarithms: the signal's variance, the noise's variance, and each length.</param>
/// <param name="Deviations">Of the same.</param>
/// <param name="Low">Lower ends of the same.</param>
/// <param name="High">Upper ends of the same.</param>
internal sealed record HyperparameterPrior(double[] Means, double[] Deviations, double[] Low, double[] High)
{
    public static HyperparameterPrior For(int dimensions, Noise noise)
    {
        var length = Math.Log(0.5 * Math.Sqrt(dimensions));
        var (noiseMean, noiseDeviation) = noise switch
        {
            Noise.Low => (Math.Log(1e-6), 0.5),
            Noise.High => (Math.Log(0.05), 1.5),
            _ => (Math.Log(1e-4), 2.0),
        };
        return new HyperparameterPrior(
            [0, noiseMean, .. Enumerable.Repeat(length, dimensions)],
            [1, noiseDeviation, .. Enumerable.Repeat(1.0, dimensions)],
            [Math.Log(0.01), Math.Log(1e-8), .. Enumerable.Repeat(Math.Log(0.02), dimensions)],
            [Math.Log(100), Math.Log(2), .. Enumerable.Repeat(Math.Log(100), dimensions)]
        );
    }
}
