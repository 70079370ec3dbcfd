using Cairn.Classic.Jobs;
using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using ClassicParameter = Google.Cloud.ML.V1.ParameterSpec;
using Job = Google.Cloud.ML.V1.Job;
using VertexScale = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types.ScaleType;

namespace Cairn.Classic.Tests;

public sealed class TuningSpecTests
{
    [Fact]
    public void every_kind_of_parameter_has_its_own_in_a_study()
    {
        var job = Job(
            new ClassicParameter
            {
                ParameterName = "lr",
                Type = ClassicParameter.Types.ParameterType.Double,
                MinValue = 0.001,
                MaxValue = 0.1,
                ScaleType = ClassicParameter.Types.ScaleType.UnitLogScale,
            },
            new ClassicParameter
            {
                ParameterName = "depth",
                Type = ClassicParameter.Types.ParameterType.Integer,
                MinValue = 2,
                MaxValue = 8,
            },
            new ClassicParameter
            {
                ParameterName = "kernel",
                Type = ClassicParameter.Types.ParameterType.Categorical,
                CategoricalValues = { "rbf", "linear" },
            },
            new ClassicParameter
            {
                ParameterName = "batch",
                Type = ClassicParameter.Types.ParameterType.Discrete,
                DiscreteValues = { 16, 32 },
            }
        );

        var tuning = TuningSpec.Of(job);

        var parameters = tuning.StudySpec.Parameters;
        (parameters[0].DoubleValueSpec.MinValue, parameters[0].DoubleValueSpec.MaxValue, parameters[0].ScaleType).ShouldBe(
            (0.001, 0.1, VertexScale.UnitLogScale)
        );
        (parameters[1].IntegerValueSpec.MinValue, parameters[1].IntegerValueSpec.MaxValue).ShouldBe((2L, 8L));
        parameters[2].CategoricalValueSpec.Values.ShouldBe(["rbf", "linear"]);
        parameters[3].DiscreteValueSpec.Values.ShouldBe([16, 32]);
        tuning.StudySpec.Metrics.ShouldHaveSingleItem().MetricId.ShouldBe("training/hptuning/metric");
        (tuning.MaxTrialCount, tuning.ParallelTrialCount).ShouldBe((1, 1));
    }

    [Fact]
    public void what_cannot_be_tuned_is_refused()
    {
        var fraction = Job(
            new ClassicParameter
            {
                ParameterName = "depth",
                Type = ClassicParameter.Types.ParameterType.Integer,
                MinValue = 1.5,
                MaxValue = 3,
            }
        );
        Should.Throw<StatusException>(() => TuningSpec.Of(fraction)).Message.ShouldContain("whole bounds");
        var aimless = Job();
        aimless.TrainingInput.Hyperparameters.Goal = HyperparameterSpec.Types.GoalType.Unspecified;
        Should.Throw<StatusException>(() => TuningSpec.Of(aimless)).Message.ShouldContain("goal");
    }

    [Fact]
    public void trials_come_best_first_and_those_without_a_result_last()
    {
        var input = Job().TrainingInput;
        var tuning = new HyperparameterTuningJob
        {
            Trials =
            {
                Trial("1", 0.5),
                new Trial { Id = "2", State = Google.Cloud.AIPlatform.V1.Trial.Types.State.Infeasible },
                Trial("3", 0.9),
                Trial("4", 0.1),
            },
        };
        TuningOutput.Of(input, tuning, new HashSet<string>()).Trials.Select(static trial => trial.TrialId).ShouldBe(["3", "1", "4", "2"]);
        input.Hyperparameters.Goal = HyperparameterSpec.Types.GoalType.Minimize;
        TuningOutput.Of(input, tuning, new HashSet<string>()).Trials.Select(static trial => trial.TrialId).ShouldBe(["4", "1", "3", "2"]);
        TuningOutput.Of(input, tuning, new HashSet<string>()).CompletedTrialCount.ShouldBe(3);
    }

    private static Trial Trial(string id, double value) =>
        new()
        {
            Id = id,
            State = Google.Cloud.AIPlatform.V1.Trial.Types.State.Succeeded,
            FinalMeasurement = new Measurement
            {
                Metrics =
                {
                    new Measurement.Types.Metric { MetricId = TuningSpec.DefaultMetric, Value = value },
                },
            },
        };

    private static Job Job(params ClassicParameter[] parameters) =>
        new()
        {
            JobId = "j",
            TrainingInput = new TrainingInput
            {
                PackageUris = { "gs://b/trainer.tar.gz" },
                PythonModule = "trainer.task",
                Hyperparameters = new HyperparameterSpec { Goal = HyperparameterSpec.Types.GoalType.Maximize, Params = { parameters } },
            },
        };
}
