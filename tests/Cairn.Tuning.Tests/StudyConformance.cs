using Cairn.Kernel.Tests.Database;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using State = Google.Cloud.AIPlatform.V1.Trial.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tuning.Tests;

public sealed class SqliteStudyTests(SqliteFixture fixture) : StudyConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class PostgresStudyTests(PostgresFixture fixture) : StudyConformance(fixture), IClassFixture<PostgresFixture>;

/// <summary>The Vizier service on one database.</summary>
public abstract class StudyConformance(DatabaseFixture fixture) : StudyTests(fixture)
{
    [Fact]
    public async Task a_study_is_created_read_listed_looked_up_and_deleted()
    {
        var study = await Host.CreateAsync(Specs.Random());
        study.State.ShouldBe(Study.Types.State.Active);
        study.CreateTime.ShouldNotBeNull();
        (await Host.CallAsync<Study>(new GetStudyRequest { Name = study.Name })).ShouldBe(study);
        (await Host.CallAsync<Study>(new LookupStudyRequest { Parent = TuningHost.Parent, DisplayName = "study" })).ShouldBe(study);
        await Host.CreateAsync(Specs.Grid(), "other");
        var page = await Host.CallAsync<ListStudiesResponse>(new ListStudiesRequest { Parent = TuningHost.Parent, PageSize = 1 });
        page.Studies.Count.ShouldBe(1);
        var rest = await Host.CallAsync<ListStudiesResponse>(
            new ListStudiesRequest
            {
                Parent = TuningHost.Parent,
                PageSize = 1,
                PageToken = page.NextPageToken,
            }
        );
        page.Studies.Concat(rest.Studies).Select(static found => found.DisplayName).Order().ShouldBe(["other", "study"]);

        await Host.SuggestAsync(study, count: 3);
        await Host.CallAsync<Empty>(new DeleteStudyRequest { Name = study.Name });
        (
            await TuningHost.RefusedAsync(Code.NotFound, () => Host.CallAsync<Study>(new GetStudyRequest { Name = study.Name }))
        ).ShouldContain(study.Name);
        await TuningHost.RefusedAsync(Code.NotFound, () => Host.SuggestAsync(study));
        await TuningHost.RefusedAsync(Code.NotFound, () => Host.CallAsync<Trial>(new GetTrialRequest { Name = study.Name + "/trials/1" }));
        await Poll.UntilAsync(
            async () =>
                await Host.Database.ReadAsync(static session =>
                    session.QueryFirst("SELECT COUNT(*) FROM study_trials", static row => row.GetInt64(0))
                ) == 0,
            "the deleted study's trials to be gone"
        );
    }

    [Fact]
    public async Task the_same_study_again_is_the_same_and_another_of_its_name_is_refused()
    {
        var study = await Host.CreateAsync(Specs.Random());
        (await Host.CreateAsync(Specs.Random())).Name.ShouldBe(study.Name);
        (await TuningHost.RefusedAsync(Code.AlreadyExists, () => Host.CreateAsync(Specs.Grid()))).ShouldContain("'study'");
    }

    [Fact]
    public async Task a_client_gets_its_open_trials_again_and_others_get_their_own()
    {
        var study = await Host.CreateAsync(Specs.Random());
        var first = (await Host.SuggestAsync(study, "w1", 2)).Trials;
        first.Select(static trial => trial.Id).ShouldBe(["1", "2"]);
        first.ShouldAllBe(static trial => trial.State == State.Active && trial.ClientId == "w1" && trial.StartTime != null);
        (await Host.SuggestAsync(study, "w1", 2)).Trials.ShouldBe(first);
        (await Host.SuggestAsync(study, "w1", 3)).Trials.Select(static trial => trial.Id).ShouldBe(["1", "2", "3"]);
        (await Host.SuggestAsync(study, "w2")).Trials.ShouldHaveSingleItem().Id.ShouldBe("4");

        await Host.CompleteAsync(first[0], ("y", 1));
        (await Host.SuggestAsync(study, "w1", 3)).Trials.Select(static trial => trial.Id).ShouldBe(["2", "3", "5"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task many_clients_at_once_get_different_trials(bool bandit)
    {
        var study = await Host.CreateAsync(bandit ? Specs.Bandit() : Specs.Random());
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(client => Host.SuggestAsync(study, $"w{client}")));
        var trials = answers.SelectMany(static answer => answer.Trials).ToList();
        trials.Select(static trial => int.Parse(trial.Id)).Order().ShouldBe(Enumerable.Range(1, 12));
        trials.Select(static trial => trial.Parameters[0].Value.NumberValue).ShouldBeUnique();
    }

    [Fact]
    public async Task a_trial_lives_from_its_suggestion_over_measurements_to_its_end()
    {
        var study = await Host.CreateAsync(Specs.Bandit());
        var trial = (await Host.SuggestAsync(study)).Trials[0];
        trial.Parameters.ShouldHaveSingleItem().Value.NumberValue.ShouldBe(0, 1e-12, "the search begins at the centre");
        for (var step = 1; step <= 3; step++)
        {
            trial = await Host.CallAsync<Trial>(
                new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = TuningHost.Measure(step, ("y", step)) }
            );
        }

        trial.Measurements.Select(static measurement => measurement.StepCount).ShouldBe([1, 2, 3]);
        var done = await Host.CallAsync<Trial>(new CompleteTrialRequest { Name = trial.Name });
        done.State.ShouldBe(State.Succeeded);
        done.EndTime.ShouldNotBeNull();
        done.FinalMeasurement.Metrics[0].Value.ShouldBe(3);
        (await Host.CallAsync<Trial>(new GetTrialRequest { Name = trial.Name })).ShouldBe(done);

        (await TuningHost.RefusedAsync(Code.FailedPrecondition, () => Host.CompleteAsync(trial, ("y", 1)))).ShouldContain("SUCCEEDED");
        await TuningHost.RefusedAsync(
            Code.FailedPrecondition,
            () =>
                Host.CallAsync<Trial>(
                    new AddTrialMeasurementRequest { TrialName = trial.Name, Measurement = TuningHost.Measure(9, ("y", 1)) }
                )
        );
        await TuningHost.RefusedAsync(Code.FailedPrecondition, () => Host.CallAsync<Trial>(new StopTrialRequest { Name = trial.Name }));
    }

    [Fact]
    public async Task a_trial_ends_as_infeasible_or_by_its_best_measurement()
    {
        var spec = Specs.Random(MetricSpec.Types.GoalType.Minimize);
        spec.MeasurementSelectionType = MeasurementSelectionType.BestMeasurement;
        var study = await Host.CreateAsync(spec);
        var trials = (await Host.SuggestAsync(study, count: 3)).Trials;
        var infeasible = await Host.CallAsync<Trial>(
            new CompleteTrialRequest
            {
                Name = trials[0].Name,
                TrialInfeasible = true,
                InfeasibleReason = "out of memory",
            }
        );
        (infeasible.State, infeasible.InfeasibleReason).ShouldBe((State.Infeasible, "out of memory"));
        (await Host.CallAsync<Trial>(new CompleteTrialRequest { Name = trials[1].Name })).State.ShouldBe(
            State.Infeasible,
            "nothing was measured"
        );
        foreach (var (step, value) in new[] { (1, 3.0), (2, 1.0), (3, 2.0) })
        {
            await Host.CallAsync<Trial>(
                new AddTrialMeasurementRequest { TrialName = trials[2].Name, Measurement = TuningHost.Measure(step, ("y", value)) }
            );
        }

        (await Host.CallAsync<Trial>(new CompleteTrialRequest { Name = trials[2].Name })).FinalMeasurement.Metrics[0].Value.ShouldBe(1);
    }

    [Fact]
    public async Task users_trials_are_kept_and_requested_ones_are_handed_out_first()
    {
        var study = await Host.CreateAsync(Specs.Conditional());
        Trial Given(params (string Id, Value Value)[] parameters) =>
            new()
            {
                Parameters = { parameters.Select(static pair => new Trial.Types.Parameter { ParameterId = pair.Id, Value = pair.Value }) },
            };
        var measured = Given(("model", Value.ForString("net")), ("lr", Value.ForNumber(0.01)));
        measured.FinalMeasurement = TuningHost.Measure(0, ("y", 7));
        (await Host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = measured })).State.ShouldBe(State.Succeeded);
        (
            await Host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = Given(("model", Value.ForString("linear"))) })
        ).State.ShouldBe(State.Requested);
        await Host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = Given(("model", Value.ForString("net"))) });

        var trials = (await Host.SuggestAsync(study, count: 3)).Trials;
        trials.Select(static trial => trial.Id).ShouldBe(["2", "3", "4"]);
        trials.ShouldAllBe(static trial => trial.State == State.Active);
        trials[1].Parameters.Select(static parameter => parameter.ParameterId).ShouldBe(["model", "lr"], "what was left open is found");
        (await Host.CallAsync<ListOptimalTrialsResponse>(new ListOptimalTrialsRequest { Parent = study.Name }))
            .OptimalTrials.ShouldHaveSingleItem()
            .Id.ShouldBe("1");

        var wrong = Given(("model", Value.ForString("forest")));
        (
            await TuningHost.RefusedAsync(
                Code.InvalidArgument,
                () => Host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = wrong })
            )
        ).ShouldContain("'forest'");
        var half = Given(("model", Value.ForString("net")));
        half.FinalMeasurement = TuningHost.Measure(0, ("y", 7));
        (
            await TuningHost.RefusedAsync(
                Code.InvalidArgument,
                () => Host.CallAsync<Trial>(new CreateTrialRequest { Parent = study.Name, Trial = half })
            )
        ).ShouldContain("'lr'");
    }

    [Fact]
    public async Task contexts_hold_their_parameters()
    {
        var study = await Host.CreateAsync(Specs.Conditional());
        var request = new SuggestTrialsRequest
        {
            Parent = study.Name,
            ClientId = "w1",
            SuggestionCount = 2,
        };
        request.Contexts.Add(
            new TrialContext
            {
                Parameters =
                {
                    new Trial.Types.Parameter { ParameterId = "model", Value = Value.ForString("linear") },
                },
            }
        );
        request.Contexts.Add(
            new TrialContext
            {
                Parameters =
                {
                    new Trial.Types.Parameter { ParameterId = "lr", Value = Value.ForNumber(0.5) },
                    new Trial.Types.Parameter { ParameterId = "model", Value = Value.ForString("net") },
                },
            }
        );
        var trials = (await Host.ResponseAsync<SuggestTrialsResponse>(request)).Trials;
        trials[0].Parameters.ShouldHaveSingleItem().Value.StringValue.ShouldBe("linear");
        trials[1]
            .Parameters.ToDictionary(static parameter => parameter.ParameterId, static parameter => parameter.Value)["lr"]
            .NumberValue.ShouldBe(0.5, 1e-12);
        (await Host.ResponseAsync<SuggestTrialsResponse>(request)).Trials.ShouldBe(trials);
        request.SuggestionCount = 3;
        (await TuningHost.RefusedAsync(Code.InvalidArgument, () => Host.ResponseAsync<SuggestTrialsResponse>(request))).ShouldContain(
            "contexts"
        );
    }

    [Fact]
    public async Task optimal_trials_are_the_best_or_the_front_and_never_unsafe()
    {
        var spec = Specs.Random();
        spec.Metrics.Add(new MetricSpec { MetricId = "cost", Goal = MetricSpec.Types.GoalType.Minimize });
        spec.Metrics.Add(
            new MetricSpec
            {
                MetricId = "risk",
                Goal = MetricSpec.Types.GoalType.Minimize,
                SafetyConfig = new MetricSpec.Types.SafetyMetricConfig { SafetyThreshold = 10 },
            }
        );
        var study = await Host.CreateAsync(spec);
        foreach (var (y, cost, risk) in new[] { (1.0, 1.0, 0.0), (2, 2, 0), (1, 2, 0), (9, 0, 11), (double.NaN, 0, 0) })
        {
            await Host.CompleteAsync((await Host.SuggestAsync(study)).Trials[0], ("y", y), ("cost", cost), ("risk", risk));
        }

        (await Host.CallAsync<ListOptimalTrialsResponse>(new ListOptimalTrialsRequest { Parent = study.Name }))
            .OptimalTrials.Select(static trial => trial.Id)
            .ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task trials_are_listed_by_number_in_pages_and_deleted()
    {
        var study = await Host.CreateAsync(Specs.Random());
        await Host.SuggestAsync(study, count: 5);
        await Host.CallAsync<Empty>(new DeleteTrialRequest { Name = study.Name + "/trials/2" });
        var first = await Host.CallAsync<ListTrialsResponse>(new ListTrialsRequest { Parent = study.Name, PageSize = 3 });
        first.Trials.Select(static trial => trial.Id).ShouldBe(["1", "3", "4"]);
        var second = await Host.CallAsync<ListTrialsResponse>(
            new ListTrialsRequest
            {
                Parent = study.Name,
                PageSize = 3,
                PageToken = first.NextPageToken,
            }
        );
        second.Trials.Select(static trial => trial.Id).ShouldBe(["5"]);
        second.NextPageToken.ShouldBeEmpty();
        await TuningHost.RefusedAsync(
            Code.NotFound,
            () => Host.CallAsync<Empty>(new DeleteTrialRequest { Name = study.Name + "/trials/2" })
        );
        await TuningHost.RefusedAsync(
            Code.InvalidArgument,
            () => Host.CallAsync<ListTrialsResponse>(new ListTrialsRequest { Parent = study.Name, PageToken = "x" })
        );
        (await Host.SuggestAsync(study, "w2")).Trials[0].Id.ShouldBe("6", "numbers do not return");
    }

    [Fact]
    public async Task the_bandit_learns_from_completed_trials_and_predecessors()
    {
        var earlier = await Host.CreateAsync(Specs.Bandit(), "earlier");
        for (var i = 0; i < 8; i++)
        {
            var trial = (await Host.SuggestAsync(earlier)).Trials[0];
            await Host.CompleteAsync(trial, ("y", -Math.Pow(trial.Parameters[0].Value.NumberValue - 2, 2)));
        }

        (await Host.CallAsync<ListOptimalTrialsResponse>(new ListOptimalTrialsRequest { Parent = earlier.Name }))
            .OptimalTrials[0]
            .Parameters[0]
            .Value.NumberValue.ShouldBe(2, 0.3);
        var next = await Host.CreateAsync(Specs.Bandit(), "next", new StudyOptions { Predecessors = [earlier.Name] });
        (await Host.SuggestAsync(next))
            .Trials[0]
            .Parameters[0]
            .Value.NumberValue.ShouldBe(2, 0.5, "it begins where the earlier study ended");
        await TuningHost.RefusedAsync(
            Code.NotFound,
            () => Host.CreateAsync(Specs.Bandit(), "third", new StudyOptions { Predecessors = [$"{TuningHost.Parent}/studies/1"] })
        );
    }

    [Fact]
    public async Task every_algorithm_can_be_asked_for_by_name()
    {
        foreach (var name in new[] { "gp-bandit", "random", "grid", "quasi-random", "tpe", "cma-es", "nsga2" })
        {
            var study = await Host.CreateAsync(Specs.Bandit(), name, new StudyOptions { Algorithm = name });
            (await Host.SuggestAsync(study)).Trials.ShouldHaveSingleItem();
        }

        (
            await TuningHost.RefusedAsync(
                Code.InvalidArgument,
                () => Host.CreateAsync(Specs.Bandit(), "x", new StudyOptions { Algorithm = "magic" })
            )
        ).ShouldContain("nsga2");
    }

    [Fact]
    public async Task another_projects_studies_are_out_of_reach()
    {
        var study = await Host.CreateAsync(Specs.Random());
        await TuningHost.RefusedAsync(
            Code.PermissionDenied,
            () => Host.CallAsync<Study>(new GetStudyRequest { Name = study.Name }, project: "stranger")
        );
        // The number alone is not enough: it must be the study of that project.
        var elsewhere = study.Name.Replace("demo", "stranger", StringComparison.Ordinal);
        await TuningHost.RefusedAsync(
            Code.NotFound,
            () =>
                Host.ResponseAsync<SuggestTrialsResponse>(
                    new SuggestTrialsRequest
                    {
                        Parent = elsewhere,
                        SuggestionCount = 1,
                        ClientId = "w",
                    },
                    project: "stranger"
                )
        );
        await TuningHost.RefusedAsync(
            Code.NotFound,
            () => Host.CallAsync<ListTrialsResponse>(new ListTrialsRequest { Parent = elsewhere }, project: "stranger")
        );
    }
}
