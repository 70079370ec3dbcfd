using Cairn.Kernel.Errors;
using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Stopping;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Tuning.Specs;

/// <summary>The algorithms and rules that a specification names.</summary>
internal static class Algorithms
{
    /// <param name="spec">Whose enum counts where no name is given.</param>
    /// <param name="name">A designer's name, or empty.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is unknown, or does not fit the parameters.</exception>
    public static IDesigner Choose(StudySpec spec, string name)
    {
        if (name.Length > 0)
        {
            return DesignerCatalog.Find(name)
                ?? throw StatusException.InvalidArgument(
                    $"There is no algorithm '{name}'; there are {string.Join(", ", DesignerCatalog.All.Select(static designer => designer.Name))}."
                );
        }

        switch (spec.Algorithm)
        {
            case Algorithm.Unspecified:
                return new GaussianProcessBanditDesigner();
            case Algorithm.RandomSearch:
                return new RandomDesigner();
            case Algorithm.GridSearch:
                return
                    AllParameters(spec.Parameters)
                        .FirstOrDefault(static parameter =>
                            parameter.ParameterValueSpecCase == ParameterSpec.ParameterValueSpecOneofCase.DoubleValueSpec
                        )
                        is { } continuous
                    ? throw StatusException.InvalidArgument(
                        $"Grid search needs integer, categorical or discrete parameters, and '{continuous.ParameterId}' is a double; give it discrete values."
                    )
                    : new GridDesigner();
            default:
                throw StatusException.InvalidArgument(
                    $"`study_spec.algorithm` is {(int)spec.Algorithm}; it must be ALGORITHM_UNSPECIFIED, GRID_SEARCH or RANDOM_SEARCH."
                );
        }
    }

    public static IStoppingRule? StoppingRule(StudySpec spec) =>
        spec.AutomatedStoppingSpecCase switch
        {
            StudySpec.AutomatedStoppingSpecOneofCase.MedianAutomatedStoppingSpec => new MedianStoppingRule(
                spec.MedianAutomatedStoppingSpec.UseElapsedDuration
            ),
            StudySpec.AutomatedStoppingSpecOneofCase.DecayCurveStoppingSpec => new DecayCurveStoppingRule(
                spec.DecayCurveStoppingSpec.UseElapsedDuration
            ),
            StudySpec.AutomatedStoppingSpecOneofCase.ConvexAutomatedStoppingSpec when spec.ConvexAutomatedStoppingSpec is var convex =>
                new ConvexStoppingRule
                {
                    MaxSteps = convex.MaxStepCount,
                    MinSteps = convex.MinStepCount,
                    MinMeasurements = (int)Math.Clamp(convex.MinMeasurementCount, 0, int.MaxValue),
                    ByElapsed = convex.UseElapsedDuration,
                },
            _ => null,
        };

    private static IEnumerable<ParameterSpec> AllParameters(IEnumerable<ParameterSpec> parameters) =>
        parameters.SelectMany(static parameter =>
            AllParameters(parameter.ConditionalParameterSpecs.Select(static child => child.ParameterSpec)).Prepend(parameter)
        );
}
