using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using ClassicScale = Google.Cloud.ML.V1.ParameterSpec.Types.ScaleType;
using ClassicType = Google.Cloud.ML.V1.ParameterSpec.Types.ParameterType;
using ParameterSpec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;

namespace Cairn.Classic.Jobs;

/// <summary>The hyperparameters of a classic training as a tuning job.</summary>
internal static class TuningSpec
{
    /// <summary>The metric of a specification that names none.</summary>
    public const string DefaultMetric = "training/hptuning/metric";

    /// <summary>What <c>resume_previous_job_id</c> names is the caller's to look up.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static HyperparameterTuningJob Of(Google.Cloud.ML.V1.Job job)
    {
        var input = job.TrainingInput;
        var given = input.Hyperparameters;
        if (given.Goal == HyperparameterSpec.Types.GoalType.Unspecified)
        {
            throw StatusException.InvalidArgument("`training_input.hyperparameters.goal` is missing; it is MAXIMIZE or MINIMIZE.");
        }

        var study = new StudySpec
        {
            Algorithm = given.Algorithm switch
            {
                HyperparameterSpec.Types.Algorithm.GridSearch => Algorithm.GridSearch,
                HyperparameterSpec.Types.Algorithm.RandomSearch => Algorithm.RandomSearch,
                HyperparameterSpec.Types.Algorithm.PopulationBasedTraining => throw StatusException.Unimplemented(
                    "`training_input.hyperparameters.algorithm` is POPULATION_BASED_TRAINING, which is not there; leave it out, or choose GRID_SEARCH or RANDOM_SEARCH."
                ),
                _ => Algorithm.Unspecified,
            },
            Metrics =
            {
                new MetricSpec
                {
                    MetricId = Metric(given),
                    Goal =
                        given.Goal == HyperparameterSpec.Types.GoalType.Maximize
                            ? MetricSpec.Types.GoalType.Maximize
                            : MetricSpec.Types.GoalType.Minimize,
                },
            },
        };
        study.Parameters.AddRange(given.Params.Select(Parameter));
        if (given.EnableTrialEarlyStopping)
        {
            study.MedianAutomatedStoppingSpec = new MedianAutomatedStoppingSpec();
        }

        return new HyperparameterTuningJob
        {
            DisplayName = job.JobId,
            StudySpec = study,
            MaxTrialCount = Math.Max(1, given.MaxTrials),
            ParallelTrialCount = Math.Max(1, given.MaxParallelTrials),
            MaxFailedTrialCount = given.MaxFailedTrials,
            TrialJobSpec = TrainingSpec.Of(input, input.JobDir),
            Labels = { job.Labels },
        };
    }

    public static string Metric(HyperparameterSpec given) =>
        given.HyperparameterMetricTag.Length > 0 ? given.HyperparameterMetricTag : DefaultMetric;

    private static ParameterSpec Parameter(Google.Cloud.ML.V1.ParameterSpec given)
    {
        var parameter = new ParameterSpec
        {
            ParameterId = given.ParameterName,
            ScaleType = given.ScaleType switch
            {
                ClassicScale.UnitLinearScale => ParameterSpec.Types.ScaleType.UnitLinearScale,
                ClassicScale.UnitLogScale => ParameterSpec.Types.ScaleType.UnitLogScale,
                ClassicScale.UnitReverseLogScale => ParameterSpec.Types.ScaleType.UnitReverseLogScale,
                _ => ParameterSpec.Types.ScaleType.Unspecified,
            },
        };
        switch (given.Type)
        {
            case ClassicType.Double:
                parameter.DoubleValueSpec = new ParameterSpec.Types.DoubleValueSpec
                {
                    MinValue = given.MinValue,
                    MaxValue = given.MaxValue,
                };
                break;
            case ClassicType.Integer
                when double.IsInteger(given.MinValue)
                    && double.IsInteger(given.MaxValue)
                    && Math.Abs(given.MinValue) < 1e15
                    && Math.Abs(given.MaxValue) < 1e15:
                parameter.IntegerValueSpec = new ParameterSpec.Types.IntegerValueSpec
                {
                    MinValue = (long)given.MinValue,
                    MaxValue = (long)given.MaxValue,
                };
                break;
            case ClassicType.Categorical:
                parameter.CategoricalValueSpec = new ParameterSpec.Types.CategoricalValueSpec { Values = { given.CategoricalValues } };
                break;
            case ClassicType.Discrete:
                parameter.DiscreteValueSpec = new ParameterSpec.Types.DiscreteValueSpec { Values = { given.DiscreteValues } };
                break;
            default:
                throw StatusException.InvalidArgument(
                    $"The parameter '{given.ParameterName}' in `training_input.hyperparameters.params` has the type {given.Type.ToString().ToUpperInvariant()}; it must be DOUBLE, INTEGER (with whole bounds), CATEGORICAL or DISCRETE."
                );
        }

        return parameter;
    }
}
