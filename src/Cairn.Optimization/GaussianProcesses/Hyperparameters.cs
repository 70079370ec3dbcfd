namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// Of a Gaussian process: variances of the signal and the noise, and a length scale for each dimension, in units of the dimension's range.
/// </summary>
internal sealed record Hyperparameters(double Signal, double Noise, double[] Lengths);
