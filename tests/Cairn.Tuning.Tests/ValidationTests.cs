using Cairn.Kernel.Tests.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Tuning.Tests;

/// <summary>What is wrong is refused with a sentence that names it.</summary>
public sealed class ValidationTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    public static TheoryData<string, Action<StudySpec>> WrongSpecs =>
        new()
        {
            { "metric", static spec => spec.Metrics.Clear() },
            { "'y' occurs twice", static spec => spec.Metrics.Add(spec.Metrics[0].Clone()) },
            { "white space", static spec => spec.Metrics[0].MetricId = "a b" },
            { "no parameters", static spec => spec.Parameters.Clear() },
            { "'x' occurs twice", static spec => spec.Parameters.Add(spec.Parameters[0].Clone()) },
            { "above its maximum", static spec => spec.Parameters[0].DoubleValueSpec.MinValue = 9 },
            { "logarithmic", static spec => spec.Parameters[0].ScaleType = ParameterSpec.Types.ScaleType.UnitLogScale },
            { "default", static spec => spec.Parameters[0].DoubleValueSpec.DefaultValue = 9 },
            { "no value specification", static spec => spec.Parameters[0].ClearParameterValueSpec() },
            { "Grid search", static spec => spec.Algorithm = Algorithm.GridSearch },
            { "algorithm", static spec => spec.Algorithm = (Algorithm)77 },
            {
                "increase",
                static spec => spec.Parameters[0].DiscreteValueSpec = new ParameterSpec.Types.DiscreteValueSpec { Values = { 2, 1 } }
            },
            { "0 categories", static spec => spec.Parameters[0].CategoricalValueSpec = new ParameterSpec.Types.CategoricalValueSpec() },
            {
                "fraction",
                static spec =>
                    spec.Metrics.Add(
                        new MetricSpec
                        {
                            MetricId = "s",
                            SafetyConfig = new MetricSpec.Types.SafetyMetricConfig { DesiredMinSafeTrialsFraction = 2 },
                        }
                    )
            },
            {
                "does not fit the type",
                static spec =>
                    spec.Parameters[0]
                        .ConditionalParameterSpecs.Add(
                            new ParameterSpec.Types.ConditionalParameterSpec { ParameterSpec = Specs.Integer("n", 1, 2) }
                        )
            },
        };

    [Theory]
    [MemberData(nameof(WrongSpecs), DisableDiscoveryEnumeration = true)]
    public async Task a_specification_that_cannot_be_searched_is_refused(string words, Action<StudySpec> spoil)
    {
        await using var host = await TuningHost.StartAsync(fixture);
        var spec = Specs.Random();
        spoil(spec);
        (await TuningHost.RefusedAsync(Code.InvalidArgument, () => host.CreateAsync(spec))).ShouldContain(words);
    }

    [Fact]
    public async Task names_counts_and_measurements_are_checked()
    {
        await using var host = await TuningHost.StartAsync(fixture);
        var study = await host.CreateAsync(Specs.Random());
        var trial = (await host.SuggestAsync(study)).Trials[0];
        Task<string> Refused(Google.Protobuf.IMessage request) =>
            TuningHost.RefusedAsync(Code.InvalidArgument, () => host.CallAsync<Trial>(request));
        Task<string> RefusedMeasurement(Measurement measurement) =>
            Refused(new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = measurement });

        (await TuningHost.RefusedAsync(Code.InvalidArgument, () => host.SuggestAsync(study, count: 0))).ShouldContain("suggestion_count");
        (await TuningHost.RefusedAsync(Code.InvalidArgument, () => host.SuggestAsync(study, client: new string('w', 300)))).ShouldContain(
            "client_id"
        );
        (await Refused(new GetTrialRequest { Name = study.Name + "/trials/../1" })).ShouldContain("trials/NUMBER");
        (await Refused(new GetTrialRequest { Name = "studies/1" })).ShouldContain("projects/PROJECT");
        (await RefusedMeasurement(new Measurement())).ShouldContain("metrics");
        (await RefusedMeasurement(TuningHost.Measure(1, ("z", 1)))).ShouldContain("'z'");
        (await RefusedMeasurement(TuningHost.Measure(1, ("y", 1), ("y", 2)))).ShouldContain("twice");
        (await RefusedMeasurement(TuningHost.Measure(-1, ("y", 1)))).ShouldContain("step_count");
        (await Refused(new CompleteTrialRequest { Name = trial.Name, InfeasibleReason = "no" })).ShouldContain("trial_infeasible");
        await host.CallAsync<Trial>(
            new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = TuningHost.Measure(5, ("y", 1)) }
        );
        (await RefusedMeasurement(TuningHost.Measure(5, ("y", 2)))).ShouldContain("later");
        var later = TuningHost.Measure(5, ("y", 2));
        later.ElapsedDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        (
            await host.CallAsync<Trial>(new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = later })
        ).Measurements.Count.ShouldBe(2);
    }
}
