using Cairn.Kernel.Tests.Database;
using Google.Cloud.AIPlatform.V1;
using State = Google.Cloud.AIPlatform.V1.Trial.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tuning.Tests.Bugs;

/// <summary>What a requested trial had measured vanished when it was handed out, and the next measurement failed.</summary>
public sealed class HandedOutTrialTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task measurements_of_a_requested_trial_stay_when_it_is_handed_out()
    {
        await using var host = await TuningHost.StartAsync(fixture);
        var study = await host.CreateAsync(Specs.Random());
        var trial = await RequestedAsync(host, study);
        await MeasureAsync(host, trial, 1);
        await MeasureAsync(host, trial, 2);

        var handed = (await host.SuggestAsync(study)).Trials.ShouldHaveSingleItem();

        handed.Name.ShouldBe(trial.Name);
        handed.State.ShouldBe(State.Active);
        handed.Measurements.Select(static measurement => measurement.StepCount).ShouldBe([1, 2]);
        (await MeasureAsync(host, trial, 3)).Measurements.Select(static measurement => measurement.StepCount).ShouldBe([1, 2, 3]);
        (await host.CallAsync<Trial>(new CompleteTrialRequest { Name = trial.Name })).FinalMeasurement.StepCount.ShouldBe(3);
    }

    [Fact]
    public async Task measurements_that_an_older_version_forgot_are_counted_again()
    {
        await using var host = await TuningHost.StartAsync(fixture);
        var study = await host.CreateAsync(Specs.Random());
        var trial = await RequestedAsync(host, study);
        await MeasureAsync(host, trial, 5);
        await host.Database.WriteAsync(
            static session => session.Execute("UPDATE study_trials SET measured = 0, last_step = 0, last_elapsed = 0"),
            CancellationToken.None
        );

        (await MeasureAsync(host, trial, 6)).Measurements.Select(static measurement => measurement.StepCount).ShouldBe([5, 6]);
    }

    [Fact]
    public async Task who_does_not_say_who_he_is_gets_new_trials_each_time()
    {
        await using var host = await TuningHost.StartAsync(fixture);
        var study = await host.CreateAsync(Specs.Random());

        var first = (await host.SuggestAsync(study, client: "")).Trials.ShouldHaveSingleItem();
        var second = (await host.SuggestAsync(study, client: "")).Trials.ShouldHaveSingleItem();

        second.Name.ShouldNotBe(first.Name);
        await MeasureAsync(host, first, 1);
        (
            await host.CallAsync<Trial>(new CompleteTrialRequest { Name = second.Name, FinalMeasurement = TuningHost.Measure(1, ("y", 1)) })
        ).State.ShouldBe(State.Succeeded);
    }

    private static async Task<Trial> RequestedAsync(TuningHost host, Study study)
    {
        var trial = new Trial
        {
            Parameters =
            {
                new Trial.Types.Parameter { ParameterId = "x", Value = Value.ForNumber(1) },
            },
        };
        return await host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = trial });
    }

    private static Task<Trial> MeasureAsync(TuningHost host, Trial trial, int step) =>
        host.CallAsync<Trial>(
            new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = TuningHost.Measure(step, ("y", step)) }
        );
}
