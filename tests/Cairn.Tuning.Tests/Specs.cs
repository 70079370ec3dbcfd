using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types;

namespace Cairn.Tuning.Tests;

/// <summary>Specifications that tests begin with.</summary>
internal static class Specs
{
    public static StudySpec Random(MetricSpec.Types.GoalType goal = MetricSpec.Types.GoalType.Maximize) =>
        new()
        {
            Algorithm = Algorithm.RandomSearch,
            Metrics =
            {
                new MetricSpec { MetricId = "y", Goal = goal },
            },
            Parameters = { Double("x", -5, 5) },
        };

    public static StudySpec Bandit()
    {
        var spec = Random();
        spec.Algorithm = Algorithm.Unspecified;
        return spec;
    }

    public static StudySpec Grid() =>
        new()
        {
            Algorithm = Algorithm.GridSearch,
            Metrics = { new MetricSpec { MetricId = "y" } },
            Parameters = { Categorical("c", "a", "b"), Integer("n", 1, 2) },
        };

    public static StudySpec Conditional() =>
        new()
        {
            Metrics = { new MetricSpec { MetricId = "y" } },
            Parameters =
            {
                new ParameterSpec
                {
                    ParameterId = "model",
                    CategoricalValueSpec = new CategoricalValueSpec { Values = { "linear", "net" } },
                    ConditionalParameterSpecs =
                    {
                        new ConditionalParameterSpec
                        {
                            ParameterSpec = Double("lr", 1e-4, 1, ScaleType.UnitLogScale),
                            ParentCategoricalValues = new ConditionalParameterSpec.Types.CategoricalValueCondition { Values = { "net" } },
                        },
                    },
                },
            },
        };

    public static ParameterSpec Double(string id, double min, double max, ScaleType scale = ScaleType.UnitLinearScale) =>
        new()
        {
            ParameterId = id,
            ScaleType = scale,
            DoubleValueSpec = new DoubleValueSpec { MinValue = min, MaxValue = max },
        };

    public static ParameterSpec Integer(string id, long min, long max) =>
        new()
        {
            ParameterId = id,
            IntegerValueSpec = new IntegerValueSpec { MinValue = min, MaxValue = max },
        };

    public static ParameterSpec Categorical(string id, params string[] values) =>
        new()
        {
            ParameterId = id,
            CategoricalValueSpec = new CategoricalValueSpec { Values = { values } },
        };
}
