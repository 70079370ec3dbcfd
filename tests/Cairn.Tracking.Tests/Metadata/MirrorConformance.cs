using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Context = Google.Cloud.AIPlatform.V1.Context;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>Experiments and runs and their contexts are one thing seen twice, on every engine.</summary>
public abstract class MirrorConformance(DatabaseFixture fixture) : MetadataTest(fixture)
{
    private const string ExperimentTitle = "system.Experiment";
    private const string RunTitle = "system.ExperimentRun";

    private ExperimentStore Experiments => Host.Get<ExperimentStore>();

    private RunStore Runs => Host.Get<RunStore>();

    [Fact]
    public async Task what_is_logged_elsewhere_is_read_through_the_context()
    {
        var (_, run) = await Make("Bird Songs", "first try");
        await Log(run, "loss", 0.5, 0.25);
        await Write(session =>
        {
            RunFields.SetParam(session, run, new Param("lr", "0.1", IsNumber: true));
            RunFields.SetParam(session, run, new Param("opt", "adam"));
            return Runs.Update(session, run, run with { Status = RunStatus.Finished, Ended = 5 });
        });
        var context = await Get("bird-songs-first-try");
        (context.DisplayName, context.SchemaTitle).ShouldBe(("first try", RunTitle));
        context.ParentContexts.ShouldBe([Name("contexts", "bird-songs")]);
        var metadata = context.Metadata.Fields;
        metadata["_params"].StructValue.Fields["lr"].NumberValue.ShouldBe(0.1);
        metadata["_params"].StructValue.Fields["opt"].StringValue.ShouldBe("adam");
        metadata["_metrics"].StructValue.Fields["loss"].NumberValue.ShouldBe(0.25);
        metadata["_state"].StringValue.ShouldBe("COMPLETE");
        (await ListContexts($"schema_title=\"{RunTitle}\" AND parent_contexts:\"{Name("contexts", "bird-songs")}\"")).ShouldBe([
            "bird-songs-first-try",
        ]);
        (await ListContexts($"schema_title=\"{ExperimentTitle}\"")).ShouldBe(["bird-songs"]);
    }

    [Fact]
    public async Task contexts_are_found_by_what_their_runs_have()
    {
        var (experiment, good) = await Make("Search", "good");
        var bad = await Write(session => Runs.Create(session, new NewRun(experiment.Id) { Name = "bad" }));
        await Write(session =>
        {
            RunFields.SetParam(session, good, new Param("lr", "0.1", IsNumber: true));
            RunFields.SetParam(session, good, new Param("opt.name", "Adam W"));
            RunFields.SetParam(session, bad, new Param("lr", "0.9"));
            return Runs.Update(session, good, good with { Status = RunStatus.Finished, Ended = 5 });
        });
        await Log(good, "acc", 0.5, 0.95);
        await Log(bad, "acc", 0.99, 0.4);
        await Log(bad, "loss", double.NaN);
        await Context(
            "other",
            new Context
            {
                DisplayName = "other",
                SchemaTitle = "system.Pipeline",
                Metadata = Of(("_state", Value.ForString("ODD")), ("_params", Value.ForStruct(Of(("lr", Value.ForNumber(0.1)))))),
            }
        );

        var runs = $"schema_title=\"{RunTitle}\" AND ";
        (await ListContexts(runs + "metadata._metrics.acc.number_value > 0.9")).ShouldBe(["search-good"], "the latest value counts");
        (await ListContexts(runs + "metadata._metrics.acc.number_value <= 0.4")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._metrics.acc >= 0.1 AND metadata._state.string_value = \"COMPLETE\"")).ShouldBe([
            "search-good",
        ]);
        (await ListContexts(runs + "metadata._metrics.loss:*")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._metrics.loss.string_value = \"NaN\"")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._metrics.loss.number_value < 1")).ShouldBeEmpty();
        (await ListContexts("metadata._params.lr.number_value = 0.1")).ShouldBe(["other", "search-good"]);
        (await ListContexts(runs + "metadata._params.lr.number_value != 0.1")).ShouldBe(
            ["search-bad"],
            "text that looks like a number is none"
        );
        (await ListContexts(runs + "metadata._params.lr.string_value = \"0.9\"")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._params.\"opt.name\".string_value : \"adam\"")).ShouldBe(["search-good"]);
        (await ListContexts(runs + "metadata._params.opt.name = \"Adam*\"")).ShouldBe(["search-good"]);
        (await ListContexts(runs + "NOT metadata._params.opt.name:*")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._state = \"RUNNING\"")).ShouldBe(["search-bad"]);
        (await ListContexts(runs + "metadata._state != \"RUNNING\"")).ShouldBe(["search-good"]);
        (await ListContexts("metadata._state = \"ODD\"")).ShouldBe(["other"]);
        (await Should.ThrowAsync<Cairn.Kernel.Errors.StatusException>(() => ListContexts("metadata._state > \"A\""))).Message.ShouldContain(
            "no order"
        );
    }

    [Fact]
    public async Task what_is_written_through_the_context_is_the_runs()
    {
        await Context(
            "exp",
            new Context
            {
                DisplayName = "exp",
                SchemaTitle = ExperimentTitle,
                Metadata = Of(("experiment_deleted", Value.ForBool(false))),
            }
        );
        var context = await Context("exp-run-1", NewRun("run-1"));
        await Children("exp", "exp-run-1");
        var experiment = await Read(session => Experiments.FindBySlug(session, "lab", "us-central1", "exp"))!;
        var run = await Read(session => Runs.FindBySlug(session, experiment!.Id, "run-1"));
        (run!.Name, run.Status).ShouldBe(("run-1", RunStatus.Running));

        context.Metadata = RunOf(
            ("lr", Value.ForNumber(0.1)),
            ("opt", Value.ForString("adam")),
            ("shuffle", Value.ForBool(true)),
            ("layers", Value.ForList(Value.ForNumber(3)))
        );
        context.Metadata.Fields["_metrics"] = Value.ForStruct(Of(("acc", Value.ForNumber(0.9)), ("note", Value.ForString("fine"))));
        context.Metadata.Fields["_state"] = Value.ForString("COMPLETE");
        var written = await Patch(context);
        written.Metadata.Fields["_params"].StructValue.Fields["shuffle"].BoolValue.ShouldBeTrue();
        written.Metadata.Fields["_params"].StructValue.Fields["layers"].ListValue.Values.Count.ShouldBe(1);
        written.Metadata.Fields["_metrics"].StructValue.Fields["note"].StringValue.ShouldBe("fine");
        var data = await Data(run);
        data.Params.ShouldBe([new Param("lr", "0.1", true), new Param("opt", "adam"), new Param("shuffle", "true")]);
        data.Metrics.Single().ShouldSatisfyAllConditions(metric => metric.Name.ShouldBe("acc"), metric => metric.Point.Value.ShouldBe(0.9));
        var ended = await Read(session => Runs.Get(session, run.Uuid));
        (ended.Status, ended.Ended.HasValue).ShouldBe((RunStatus.Finished, true));

        written.Metadata.Fields["_state"] = Value.ForString("RUNNING");
        written.Metadata.Fields["_params"].StructValue.Fields["lr"] = Value.ForNumber(0.2);
        (await Patch(written)).Metadata.Fields["_params"].StructValue.Fields["lr"].NumberValue.ShouldBe(0.2);
        (await Read(session => Runs.Get(session, run.Uuid))).Ended.ShouldBeNull();
    }

    [Fact]
    public async Task an_old_reading_written_back_adds_no_point_and_a_new_value_is_the_next_one()
    {
        var (_, run) = await Make("exp", "run");
        await Log(run, "acc", 0.5);
        var old = await Get("exp-run");
        await Log(run, "acc", 0.6, 0.7);
        (await Patch(old)).Metadata.Fields["_metrics"].StructValue.Fields["acc"].NumberValue.ShouldBe(0.7);
        (await History(run, "acc")).Count.ShouldBe(3);
        old.Metadata.Fields["_metrics"].StructValue.Fields["acc"] = Value.ForNumber(0.8);
        await Patch(old);
        await Patch(old);
        (await History(run, "acc")).Select(static point => point.Value).ShouldBe([0.5, 0.6, 0.7, 0.8], ignoreOrder: true);
        (await Get("exp-run")).Metadata.Fields["_metrics"].StructValue.Fields["acc"].NumberValue.ShouldBe(0.8);
    }

    [Fact]
    public async Task a_run_whose_experiment_comes_later_is_adopted_with_what_it_logged()
    {
        var context = await Context("late-run", NewRun("run"));
        context.Metadata = RunOf(("lr", Value.ForNumber(1)));
        context.Metadata.Fields["_metrics"] = Value.ForStruct(Of(("acc", Value.ForNumber(0.5))));
        (await Patch(context)).Metadata.Fields["_metrics"].StructValue.Fields["acc"].NumberValue.ShouldBe(0.5);
        await Context("late", new Context { DisplayName = "late", SchemaTitle = ExperimentTitle });
        await Children("late", "late-run");
        var (experiment, run) = (await Read(session => Runs.FindByContext(session, "lab", "us-central1", "late-run")))!.Value;
        (experiment.Slug, run.Slug).ShouldBe(("late", "run"));
        (await Data(run)).Metrics.Single().Point.Value.ShouldBe(0.5);
        var read = await Get("late-run");
        read.Metadata.Fields["_params"].StructValue.Fields["lr"].NumberValue.ShouldBe(1);
        read.ParentContexts.ShouldBe([Name("contexts", "late")]);
    }

    [Fact]
    public async Task the_artifact_that_leads_to_a_runs_series_can_be_tied_to_its_context()
    {
        var (_, run) = await Make("exp", "run");
        await Log(run, "acc", 0.5);
        var store = Host.Get<Cairn.Kernel.Store.IResourceStore>();
        await Write(session =>
            store.Insert(
                session,
                Cairn.Tensorboards.TensorboardTables.Kind,
                new Tensorboard { Name = $"{MetadataHost.Parent}/tensorboards/7", IsDefault = true }
            )
        );
        var series = await Service.GetArtifact(new GetArtifactRequest { Name = Name("artifacts", "exp-run-tb-run") }, MetadataHost.Call);
        await Members("exp-run", ["exp-run-tb-run"], []);
        (await ListArtifacts($"in_context(\"{Name("contexts", "exp-run")}\")")).ShouldBe(["exp-run-tb-run"]);
        (
            await Service.GetArtifact(new GetArtifactRequest { Name = Name("artifacts", "exp-run-tb-run") }, MetadataHost.Call)
        ).Metadata.ShouldBe(series.Metadata);
    }

    [Fact]
    public async Task a_deleted_context_is_a_run_deleted_softly_and_comes_back_with_its_edges()
    {
        var (_, run) = await Make("exp", "run");
        await Artifact("model");
        await Members("exp-run", ["model"], []);
        await Host.EndAsync<Empty>(
            Service.DeleteContext(new DeleteContextRequest { Name = Name("contexts", "exp-run") }, MetadataHost.Call)
        );
        await Refused(Code.NotFound, () => Get("exp-run"));
        (await ListContexts($"parent_contexts:\"{Name("contexts", "exp")}\"")).ShouldBeEmpty();
        var deleted = await Read(session => Runs.Get(session, run.Uuid));
        deleted.Stage.ShouldBe(Lifecycle.Deleted);

        await Write(session => Runs.SetStage(session, deleted, Lifecycle.Active));
        (await Get("exp-run")).ParentContexts.ShouldBe([Name("contexts", "exp")]);
        (await ListArtifacts($"in_context(\"{Name("contexts", "exp-run")}\")")).ShouldBe(["model"]);
    }

    [Fact]
    public async Task a_run_made_anew_under_a_deleted_ones_id_starts_empty_and_both_can_be_had()
    {
        var (_, run) = await Make("exp", "run");
        await Log(run, "acc", 0.5);
        await Host.EndAsync<Empty>(
            Service.DeleteContext(new DeleteContextRequest { Name = Name("contexts", "exp-run") }, MetadataHost.Call)
        );
        await Context("exp-run", NewRun("run"));
        (await Get("exp-run")).Metadata.Fields["_metrics"].StructValue.Fields.ShouldBeEmpty();
        await Write(session => Runs.SetStage(session, Runs.Get(session, run.Uuid), Lifecycle.Active));
        var both = await ListContexts($"parent_contexts:\"{Name("contexts", "exp")}\"");
        both.ShouldBe(["exp-run", $"exp-run-{run.Uuid[..8]}"]);
        (await Get(both[1])).Metadata.Fields["_metrics"].StructValue.Fields["acc"].NumberValue.ShouldBe(0.5);
    }

    [Fact]
    public async Task an_experiment_goes_and_comes_with_its_runs_and_one_made_anew_is_new()
    {
        var (experiment, kept) = await Make("exp", "kept");
        var gone = await Write(session => Runs.Create(session, new NewRun(experiment.Id) { Name = "gone" }));
        await Write(session => Runs.SetStage(session, gone, Lifecycle.Deleted));
        await Write(session => Experiments.SetStage(session, experiment, Lifecycle.Deleted));
        (await ListContexts("")).ShouldBeEmpty();
        await Context(
            "exp",
            new Context
            {
                DisplayName = "exp",
                SchemaTitle = ExperimentTitle,
                Metadata = Of(("backing_tensorboard_resource", Value.ForString($"{MetadataHost.Parent}/tensorboards/7"))),
            }
        );
        (await ListContexts("")).ShouldBe(["exp"]);
        (await Get("exp")).Metadata.Fields["backing_tensorboard_resource"].StringValue.ShouldEndWith("/7");
        var anew = (await Read(session => Experiments.FindBySlug(session, experiment.Project, experiment.Location, "exp")))!;
        (anew.Id != experiment.Id, anew.Stage, anew.Tensorboard).ShouldBe(
            (true, Lifecycle.Active, $"{MetadataHost.Parent}/tensorboards/7")
        );

        // The deleted one can still be had, under another name.
        await Write(session => Experiments.SetStage(session, Experiments.Get(session, experiment.Id), Lifecycle.Active));
        (await ListContexts("")).ShouldContain($"exp-{experiment.Id}");
        await Write(session =>
        {
            Runs.Remove(session, kept);
            Runs.Remove(session, Runs.Get(session, gone.Uuid));
            Experiments.Remove(session, Experiments.Get(session, experiment.Id));
            Experiments.Remove(session, anew);
            return true;
        });
        (await ListContexts("")).ShouldBeEmpty();
        await Context("exp-kept");
    }

    [Fact]
    public async Task names_and_parents_follow_a_run_that_is_renamed_or_moved()
    {
        var (_, run) = await Make("exp", "run");
        var (other, _) = await Make("other", "run");
        run = await Write(session => Runs.Update(session, run, run with { Name = "A better name" }));
        (await Get("exp-run")).DisplayName.ShouldBe("A better name");
        var context = await Get("exp-run");
        context.DisplayName = "Back again";
        await Patch(context);
        (await Read(session => Runs.Get(session, run.Uuid))).Name.ShouldBe("Back again");
        await Write(session => Runs.Move(session, Runs.Get(session, run.Uuid), other));
        (await Get("exp-run")).ParentContexts.ShouldBe([Name("contexts", "other")]);
    }

    [Fact]
    public async Task twenty_clients_that_log_through_one_context_and_elsewhere_lose_no_point()
    {
        var (_, run) = await Make("exp", "run");
        var stale = await Get("exp-run");
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async client =>
                {
                    await Log(run, $"own-{client}", client);
                    var mine = stale.Clone();
                    mine.Metadata.Fields["_metrics"] = Value.ForStruct(
                        Of(($"vertex-{client}", Value.ForNumber(client)), ("shared", Value.ForNumber(client)))
                    );
                    while (true)
                    {
                        try
                        {
                            await Patch(mine);
                            return;
                        }
                        catch (Cairn.Kernel.Errors.StatusException error) when (error.Code == Code.Aborted)
                        {
                            await Task.Yield();
                        }
                    }
                })
        );
        var metrics = (await Get("exp-run")).Metadata.Fields["_metrics"].StructValue.Fields;
        metrics.Count.ShouldBe(41);
        (await History(run, "shared"))
            .Select(static point => point.Value)
            .Order()
            .ShouldBe(Enumerable.Range(0, 20).Select(static i => (double)i));
    }

    [Fact]
    public async Task a_run_with_series_has_the_artifact_that_names_its_tensorboard_run()
    {
        var (_, run) = await Make("exp", "run");
        var get = new GetArtifactRequest { Name = Name("artifacts", "exp-run-tb-run") };
        await Refused(Code.NotFound, () => Service.GetArtifact(get, MetadataHost.Call));
        await Log(run, "acc", 0.5);
        await Refused(Code.NotFound, () => Service.GetArtifact(get, MetadataHost.Call));
        var store = Host.Get<Cairn.Kernel.Store.IResourceStore>();
        await Write(session =>
            store.Insert(
                session,
                Cairn.Tensorboards.TensorboardTables.Kind,
                new Tensorboard { Name = $"{MetadataHost.Parent}/tensorboards/7", IsDefault = true }
            )
        );
        var artifact = await Service.GetArtifact(get, MetadataHost.Call);
        artifact.SchemaTitle.ShouldBe("google.VertexTensorboardRun");
        artifact.Metadata.Fields["resourceName"].StringValue.ShouldBe($"{MetadataHost.Parent}/tensorboards/7/experiments/exp/runs/run");
        await Artifact("exp-run-tb-run", new Artifact { DisplayName = "stored" });
        (await Service.GetArtifact(get, MetadataHost.Call)).DisplayName.ShouldBe("stored");
    }

    private static Struct Of(params (string Key, Value Value)[] fields) =>
        new() { Fields = { fields.ToDictionary(static field => field.Key, static field => field.Value) } };

    private static Struct RunOf(params (string Key, Value Value)[] parameters) =>
        Of(
            ("_params", Value.ForStruct(Of(parameters))),
            ("_metrics", Value.ForStruct(new Struct())),
            ("_state", Value.ForString("RUNNING"))
        );

    private static Context NewRun(string name) =>
        new()
        {
            DisplayName = name,
            SchemaTitle = RunTitle,
            Metadata = RunOf(),
        };

    private Task<(Experiment Experiment, Run Run)> Make(string experiment, string run) =>
        Write(session =>
        {
            var made = Experiments.Create(session, new NewExperiment("lab", "us-central1") { Name = experiment });
            return (made, Runs.Create(session, new NewRun(made.Id) { Name = run }));
        });

    private async Task Log(Run run, string metric, params double[] values)
    {
        var key = await Host.Get<MetricKeys>().InternAsync(metric);
        var step = (await History(run, metric)).Count;
        await Host.Get<MetricLog>()
            .AppendAsync(
                run.Uuid,
                values.Select((value, i) => new LoggedPoint(key, new MetricPoint(step + i, 1_000 + i, value))).ToArray()
            );
    }

    private async Task<IReadOnlyList<MetricPoint>> History(Run run, string metric) =>
        await Host.Get<MetricReader>().HistoryAsync(run, await Host.Get<MetricKeys>().InternAsync(metric));

    private Task<RunData> Data(Run run) => Read(session => Host.Get<RunDataReader>().Read(session, run));

    private Task<Context> Get(string id) => Service.GetContext(new GetContextRequest { Name = Name("contexts", id) }, MetadataHost.Call);

    private Task<Context> Patch(Context context) =>
        Service.UpdateContext(new UpdateContextRequest { Context = context }, MetadataHost.Call);

    private Task<T> Read<T>(Func<ISqlSession, T> work) => Host.Get<IDatabase>().ReadAsync(work);

    private Task<T> Write<T>(Func<ISqlSession, T> work) => Host.Get<IDatabase>().WriteAsync(work);
}

public sealed class MirrorOnSqlite(SqliteFixture fixture) : MirrorConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class MirrorOnPostgreSql(PostgresFixture fixture) : MirrorConformance(fixture), IClassFixture<PostgresFixture>;
