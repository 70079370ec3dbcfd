using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// One metric as the bandit believes it: a Gaussian process on what earlier studies leave unexplained, whose mean is their prediction (the
/// stack of residuals in Golovin and others, "Google Vizier: A Service for Black-Box Optimization", KDD 2017, section 3.3). Pending points
/// take part with the value that is believed of them at the pessimistic end, which narrows the deviation there and draws nothing to them.
/// </summary>
internal sealed class Surrogate
{
    private readonly Surrogate? _predecessor;
    private readonly GaussianProcess _process;

    private Surrogate(Surrogate? predecessor, GaussianProcess process) => (_predecessor, _process) = (predecessor, process);

    public GaussianProcess Process => _process;

    /// <param name="features">The kernel's distances.</param>
    /// <param name="points">Features of measured points.</param>
    /// <param name="values">Their warped values.</param>
    /// <param name="noise">What is known of the noise.</param>
    /// <param name="random">For the search of hyperparameters.</param>
    /// <param name="predecessor">What earlier studies believe; null where there are none.</param>
    public static Surrogate Fit(
        Features features,
        double[][] points,
        double[] values,
        Noise noise,
        SeededRandom random,
        Surrogate? predecessor
    )
    {
        var residuals = values.ToArray();
        if (predecessor is not null)
        {
            for (var i = 0; i < residuals.Length; i++)
            {
                residuals[i] -= predecessor.Mean(points[i]);
            }
        }

        var hyper = GaussianProcessFit.Find(features, points, residuals, noise, random);
        return new Surrogate(predecessor, new GaussianProcess(features, points, residuals, hyper));
    }

    /// <summary>
    /// The same belief with one more point, whose value is taken to be <paramref name="deviations"/> below what is expected.
    /// </summary>
    public Surrogate WithPending(double[] point, double deviations) => new(_predecessor, _process.WithPessimistic(point, deviations));

    /// <summary>What is believed of many points at once, to be taken one after the other.</summary>
    public PoolBelief Of(double[][] many, int takes)
    {
        var (rows, means, variances) = _process.PredictMany(many, takes);
        for (var i = 0; i < means.Length && _predecessor is not null; i++)
        {
            means[i] += _predecessor.Mean(many[i]);
        }

        return new PoolBelief(_process, many, rows, means, variances);
    }

    public (double Mean, double Deviation) Predict(ReadOnlySpan<double> at)
    {
        var (mean, variance) = _process.Predict(at);
        return (mean + (_predecessor?.Mean(at) ?? 0), Math.Sqrt(variance));
    }

    /// <summary>Also the gradients by the features.</summary>
    public (double Mean, double Deviation) Predict(ReadOnlySpan<double> at, Span<double> meanGradient, Span<double> deviationGradient)
    {
        var (mean, variance) = _process.Predict(at, meanGradient, deviationGradient);
        var deviation = Math.Sqrt(variance);
        foreach (ref var slope in deviationGradient)
        {
            slope /= 2 * deviation;
        }

        return (mean + (_predecessor?.AddMean(at, meanGradient) ?? 0), deviation);
    }

    private double Mean(ReadOnlySpan<double> at) => _process.Mean(at) + (_predecessor?.Mean(at) ?? 0);

    private double AddMean(ReadOnlySpan<double> at, Span<double> gradient)
    {
        var (own, unused) = (new double[at.Length], new double[at.Length]);
        var mean = _process.Predict(at, own, unused).Mean;
        Vectors.AddScaled(gradient, 1, own);
        return mean + (_predecessor?.AddMean(at, gradient) ?? 0);
    }
}
