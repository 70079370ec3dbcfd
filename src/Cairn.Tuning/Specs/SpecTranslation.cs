using Cairn.Kernel.Errors;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using Metric = Cairn.Optimization.Studies.Metric;
using Spec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;

namespace Cairn.Tuning.Specs;

/// <summary>
/// A study's specification as the optimisers have it. The optimisers' types validate themselves; what they refuse is INVALID_ARGUMENT.
/// </summary>
internal static class SpecTranslation
{
    private const int MaxMetrics = 100;
    private const int MaxDepth = 10;

    /// <exception cref="StatusException">INVALID_ARGUMENT with the reason.</exception>
    public static Problem Translate(StudySpec spec, ulong seed)
    {
        if (spec.Metrics.Count is 0 or > MaxMetrics)
        {
            throw StatusException.InvalidArgument(
                $"`study_spec.metrics` has {spec.Metrics.Count} metrics; it must have 1 to {MaxMetrics}."
            );
        }

        try
        {
            return new Problem(
                new SearchSpace([.. spec.Parameters.Select(static parameter => Parameter(parameter, 1))]),
                [.. spec.Metrics.Select(Metric)]
            )
            {
                Noise = spec.ObservationNoise switch
                {
                    ObservationNoise.Low => Noise.Low,
                    ObservationNoise.High => Noise.High,
                    _ => Noise.Unknown,
                },
                Seed = seed,
            };
        }
        catch (ArgumentException error)
        {
            throw StatusException.InvalidArgument($"`study_spec` cannot be searched: {error.Message}");
        }
    }

    private static Metric Metric(MetricSpec spec) =>
        new(spec.MetricId, spec.Goal == MetricSpec.Types.GoalType.Minimize ? Goal.Minimize : Goal.Maximize)
        {
            Safety = spec.SafetyConfig is { } safety
                ? new SafetyBound(
                    safety.SafetyThreshold,
                    safety.HasDesiredMinSafeTrialsFraction ? safety.DesiredMinSafeTrialsFraction : null
                )
                : null,
        };

    private static Parameter Parameter(Spec spec, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"Parameter '{spec.ParameterId}' is conditional over {depth} levels; {MaxDepth} are supported.");
        }

        ParameterChild[] children = [.. spec.ConditionalParameterSpecs.Select(child => Child(spec, child, depth))];
        var scale = spec.ScaleType switch
        {
            Spec.Types.ScaleType.UnitLogScale => Scale.Log,
            Spec.Types.ScaleType.UnitReverseLogScale => Scale.ReverseLog,
            _ => Scale.Linear,
        };
        return spec.ParameterValueSpecCase switch
        {
            Spec.ParameterValueSpecOneofCase.DoubleValueSpec when spec.DoubleValueSpec is var value => new DoubleParameter(
                spec.ParameterId,
                value.MinValue,
                value.MaxValue,
                scale,
                value.HasDefaultValue ? value.DefaultValue : null
            )
            {
                Children = children,
            },
            Spec.ParameterValueSpecOneofCase.IntegerValueSpec when spec.IntegerValueSpec is var value => new IntegerParameter(
                spec.ParameterId,
                value.MinValue,
                value.MaxValue,
                scale,
                value.HasDefaultValue ? value.DefaultValue : null
            )
            {
                Children = children,
            },
            Spec.ParameterValueSpecOneofCase.CategoricalValueSpec when spec.CategoricalValueSpec is var value => new CategoricalParameter(
                spec.ParameterId,
                value.Values,
                value.HasDefaultValue ? value.DefaultValue : null
            )
            {
                Children = children,
            },
            Spec.ParameterValueSpecOneofCase.DiscreteValueSpec when spec.DiscreteValueSpec is var value => new DiscreteParameter(
                spec.ParameterId,
                value.Values,
                scale,
                value.HasDefaultValue ? value.DefaultValue : null
            )
            {
                Children = children,
            },
            _ => throw new ArgumentException(
                $"Parameter '{spec.ParameterId}' has no value specification; give it a double, integer, categorical or discrete one."
            ),
        };
    }

    private static ParameterChild Child(Spec parent, Spec.Types.ConditionalParameterSpec child, int depth)
    {
        if (child.ParameterSpec is null)
        {
            throw new ArgumentException($"A conditional parameter of '{parent.ParameterId}' has no specification.");
        }

        ParameterValue[] values = (child.ParentValueConditionCase, parent.ParameterValueSpecCase) switch
        {
            (
                Spec.Types.ConditionalParameterSpec.ParentValueConditionOneofCase.ParentCategoricalValues,
                Spec.ParameterValueSpecOneofCase.CategoricalValueSpec
            ) => [.. child.ParentCategoricalValues.Values.Select(static value => (ParameterValue)value)],
            (
                Spec.Types.ConditionalParameterSpec.ParentValueConditionOneofCase.ParentIntValues,
                Spec.ParameterValueSpecOneofCase.IntegerValueSpec
            ) => [.. child.ParentIntValues.Values.Select(static value => (ParameterValue)value)],
            (
                Spec.Types.ConditionalParameterSpec.ParentValueConditionOneofCase.ParentDiscreteValues,
                Spec.ParameterValueSpecOneofCase.DiscreteValueSpec
            ) => [.. child.ParentDiscreteValues.Values.Select(static value => (ParameterValue)value)],
            _ => throw new ArgumentException(
                $"The condition of parameter '{child.ParameterSpec.ParameterId}' does not fit the type of its parent '{parent.ParameterId}'; "
                    + "give categorical, integer or discrete values for a parent of the same type."
            ),
        };
        return new ParameterChild(Parameter(child.ParameterSpec, depth + 1), values);
    }
}
