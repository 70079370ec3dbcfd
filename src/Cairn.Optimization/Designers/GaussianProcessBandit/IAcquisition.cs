namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>What a point is worth looking at.</summary>
internal interface IAcquisition
{
    /// <summary>Whether <see cref="Value(ReadOnlySpan{double}, Span{double})"/> is there.</summary>
    bool HasGradient { get; }

    /// <summary>The worth at features.</summary>
    double Value(ReadOnlySpan<double> features);

    /// <summary>Also the gradient by the features.</summary>
    double Value(ReadOnlySpan<double> features, Span<double> gradient);
}
