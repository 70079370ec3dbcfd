using Cairn.Kernel.Tests.Database;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using State = Google.Cloud.AIPlatform.V1.Trial.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tuning.Tests;

public sealed class SqliteStudyEndTests(SqliteFixture fixture) : StudyEndConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class PostgresStudyEndTests(PostgresFixture fixture) : StudyEndConformance(fixture), IClassFixture<PostgresFixture>;

/// <summary>How studies come to their end, and trials that are stopped before theirs.</summary>
public abstract class StudyEndConformance(DatabaseFixture fixture) : StudyTests(fixture)
{
    [Fact]
    public async Task a_stopped_trial_is_stopping_until_it_is_completed()
    {
        var study = await Host.CreateAsync(Specs.Random());
        var trial = (await Host.SuggestAsync(study)).Trials[0];
        (await Host.CallAsync<Trial>(new StopTrialRequest { Name = trial.Name })).State.ShouldBe(State.Stopping);
        (
            await Host.ResponseAsync<CheckTrialEarlyStoppingStateResponse>(
                new CheckTrialEarlyStoppingStateRequest { TrialName = trial.Name }
            )
        ).ShouldStop.ShouldBeTrue();
        (await Host.CompleteAsync(trial, ("y", 1))).State.ShouldBe(State.Succeeded);
    }

    [Theory]
    [InlineData("median")]
    [InlineData("decay")]
    [InlineData("convex")]
    public async Task a_trial_that_lags_is_told_to_stop(string rule)
    {
        var spec = Specs.Random();
        switch (rule)
        {
            case "median":
                spec.MedianAutomatedStoppingSpec = new MedianAutomatedStoppingSpec();
                break;
            case "decay":
                spec.DecayCurveStoppingSpec = new DecayCurveAutomatedStoppingSpec();
                break;
            default:
                spec.ConvexAutomatedStoppingSpec = new ConvexAutomatedStoppingSpec();
                break;
        }

        var study = await Host.CreateAsync(spec);
        async Task<Trial> RunAsync(double end, int steps)
        {
            var trial = (await Host.SuggestAsync(study)).Trials[0];
            for (var step = 1; step <= steps; step++)
            {
                await Host.CallAsync<Trial>(
                    new AddTrialMeasurementRequest
                    {
                        TrialName = trial.Name,
                        Measurement = TuningHost.Measure(step, ("y", end * (1 - Math.Exp(-step / 3.0)))),
                    }
                );
            }

            return trial;
        }

        async Task<bool> ShouldStopAsync(Trial trial) =>
            (
                await Host.ResponseAsync<CheckTrialEarlyStoppingStateResponse>(
                    new CheckTrialEarlyStoppingStateRequest { TrialName = trial.Name }
                )
            ).ShouldStop;

        for (var i = 0; i < 7; i++)
        {
            var trial = await RunAsync(0.8 + (0.01 * i), 12);
            (await ShouldStopAsync(trial)).ShouldBeFalse();
            await Host.CallAsync<Trial>(new CompleteTrialRequest { Name = trial.Name });
        }

        var good = await RunAsync(0.95, 6);
        (await ShouldStopAsync(good)).ShouldBeFalse();
        await Host.CompleteAsync(good, ("y", 0.95));
        var bad = await RunAsync(0.2, 6);
        (await ShouldStopAsync(bad)).ShouldBeTrue();
        (await Host.CallAsync<Trial>(new GetTrialRequest { Name = bad.Name })).State.ShouldBe(State.Stopping);
    }

    [Fact]
    public async Task a_grid_completes_its_study()
    {
        var study = await Host.CreateAsync(Specs.Grid());
        var answer = await Host.SuggestAsync(study, count: 10);
        answer.Trials.Count.ShouldBe(4);
        answer.StudyState.ShouldBe(Study.Types.State.Completed);
        (await Host.CallAsync<Study>(new GetStudyRequest { Name = study.Name })).State.ShouldBe(Study.Types.State.Completed);
        (await Host.SuggestAsync(study, "w2")).Trials.ShouldBeEmpty();
        (await Host.SuggestAsync(study, count: 10)).Trials.Count.ShouldBe(4, "open trials are still the client's");
    }

    [Fact]
    public async Task a_budget_of_trials_completes_its_study_and_can_stop_what_runs()
    {
        var spec = Specs.Random();
        spec.StudyStoppingConfig = new StudyStoppingConfig { MaxNumTrials = 2, ShouldStopAsap = true };
        var study = await Host.CreateAsync(spec);
        await Host.SuggestAsync(study, "w1");
        var second = (await Host.SuggestAsync(study, "w2")).Trials[0];
        var answer = await Host.SuggestAsync(study, "w3");
        answer.Trials.ShouldBeEmpty();
        answer.StudyState.ShouldBe(Study.Types.State.Completed);
        (await Host.CallAsync<Trial>(new GetTrialRequest { Name = second.Name })).State.ShouldBe(State.Stopping);
    }

    [Fact]
    public async Task a_study_without_progress_completes()
    {
        var spec = Specs.Random();
        spec.StudyStoppingConfig = new StudyStoppingConfig { MaxNumTrialsNoProgress = 3 };
        var study = await Host.CreateAsync(spec);
        foreach (var value in new[] { 1.0, 5, 2, 3, 4 })
        {
            await Host.CompleteAsync((await Host.SuggestAsync(study)).Trials.ShouldHaveSingleItem(), ("y", value));
        }

        (await Host.SuggestAsync(study)).StudyState.ShouldBe(Study.Types.State.Completed);
    }
}
