using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store;
using Cairn.Kernel.Store.Search;
using Cairn.Kernel.Tests.Database;
using Cairn.Testing.Faults;

namespace Cairn.Kernel.Tests.Store;

/// <summary>What every engine under the resource store must do.</summary>
public abstract class ResourceStoreConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private const string Parent = "projects/p/locations/l";

    private static readonly ResourceKind Jobs = new("CustomJob", "customJobs", CustomJob.Descriptor);
    private static readonly ResourceKind Models = new("Model", "models", Model.Descriptor);

    private IDatabase database = null!;
    private ResourceStore store = null!;

    public async ValueTask InitializeAsync()
    {
        database = await fixture.CreateAsync();
        store = new ResourceStore(database, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task what_was_inserted_is_read_back_with_times_and_an_etag()
    {
        var stored = await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "first", Labels = { ["env"] = "prod" } });
        stored.CreateTime.ShouldNotBeNull();
        stored.UpdateTime.ShouldBe(stored.CreateTime);
        stored.Etag.ShouldNotBeEmpty();
        (await store.GetAsync<Model>(Models, stored.Name)).ShouldBe(stored);
    }

    /// <summary>Two resources and a change of a third in one transaction: all of it is there, or nothing.</summary>
    [Fact]
    public async Task a_write_is_whole_or_absent_whatever_step_of_it_fails()
    {
        var faulty = new FaultyDatabase(database);
        var failing = new ResourceStore(faulty, TimeProvider.System);
        var counter = await Insert(new Model { Name = $"{Parent}/models/counter", DisplayName = "-1" });
        var failures = new List<string?>();
        for (var step = 0; ; step++)
        {
            faulty.FailAfter(step);
            var acknowledged = true;
            try
            {
                await failing.WriteAsync(session =>
                {
                    failing.Insert(session, Models, new Model { Name = $"{Parent}/models/a{step}" });
                    failing.Update(session, Models, new Model { Name = counter.Name, DisplayName = $"{step}" });
                    return failing.Insert(session, Models, new Model { Name = $"{Parent}/models/b{step}" });
                });
            }
            catch (IOException)
            {
                acknowledged = false;
            }

            var names = (await List<Model>(Models, "")).Select(static model => model.Name).ToHashSet();
            bool[] there = [names.Contains($"{Parent}/models/a{step}"), names.Contains($"{Parent}/models/b{step}"), (await store.GetAsync<Model>(Models, counter.Name)).DisplayName == $"{step}"];
            there.Distinct().ShouldHaveSingleItem().ShouldBe(acknowledged || faulty.Failure == "after commit", $"step {step}: {faulty.Failure}");
            if (acknowledged)
            {
                break;
            }

            failures.Add(faulty.Failure);
        }

        failures.ShouldContain("before commit");
        failures.ShouldContain("after commit");
        failures.Count.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task a_statement_while_rows_are_mapped_is_refused_by_every_engine()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "first" });
        await Should.ThrowAsync<Exception>(database.ReadAsync(static session => session.Query(
            "SELECT name FROM resources",
            row => session.QueryFirst("SELECT name FROM resources WHERE name = $1", static inner => inner.GetString(0), row.GetString(0)))));
        (await database.ReadAsync(static session => session.Query("SELECT name FROM resources", static row => row.GetString(0)))).ShouldBe([$"{Parent}/models/1"]);
    }

    [Fact]
    public async Task a_second_insert_of_a_name_is_refused()
    {
        await Insert(new Model { Name = $"{Parent}/models/1" });
        var error = await Should.ThrowAsync<StatusException>(() => Insert(new Model { Name = $"{Parent}/models/1" }));
        error.Code.ShouldBe(Code.AlreadyExists);
        error.Message.ShouldContain("models/1");
    }

    [Fact]
    public async Task one_of_many_concurrent_inserts_of_a_name_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = $"{i}" });
                return 1;
            }
            catch (StatusException error) when (error.Code is Code.AlreadyExists or Code.Aborted)
            {
                return 0;
            }
        }));
        outcomes.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task concurrent_increments_lose_nothing()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", VersionId = "0" });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.WriteAsync(session =>
        {
            var model = store.Find<Model>(session, Models, $"{Parent}/models/1")!;
            model.VersionId = (int.Parse(model.VersionId, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            model.Etag = "";
            return store.Update(session, Models, model);
        })));
        (await store.GetAsync<Model>(Models, $"{Parent}/models/1")).VersionId.ShouldBe("20");
    }

    [Fact]
    public async Task an_update_with_a_stale_etag_is_refused()
    {
        var first = await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "a" });
        var second = first.Clone();
        second.DisplayName = "b";
        second = await Update(second);
        second.Etag.ShouldNotBe(first.Etag);
        second.UpdateTime.ToDateTimeOffset().ShouldBeGreaterThan(first.UpdateTime.ToDateTimeOffset());
        first.DisplayName = "c";
        (await Should.ThrowAsync<StatusException>(() => Update(first))).Code.ShouldBe(Code.Aborted);
        (await store.GetAsync<Model>(Models, second.Name)).DisplayName.ShouldBe("b");
    }

    [Fact]
    public async Task work_that_throws_leaves_nothing_and_disturbs_no_other()
    {
        var good = Insert(new Model { Name = $"{Parent}/models/good" });
        var bad = store.WriteAsync<Model>(session =>
        {
            store.Insert(session, Models, new Model { Name = $"{Parent}/models/bad" });
            throw new InvalidOperationException("on purpose");
        });
        await Should.ThrowAsync<InvalidOperationException>(() => bad);
        await good;
        (await store.FindAsync<Model>(Models, $"{Parent}/models/bad")).ShouldBeNull();
        (await store.FindAsync<Model>(Models, $"{Parent}/models/good")).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_deleted_resource_is_gone_with_its_labels()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", Labels = { ["a"] = "b" } });
        (await store.WriteAsync(session => store.Delete(session, Models, $"{Parent}/models/1"))).ShouldBeTrue();
        (await store.WriteAsync(session => store.Delete(session, Models, $"{Parent}/models/1"))).ShouldBeFalse();
        await Insert(new Model { Name = $"{Parent}/models/1", Labels = { ["a"] = "c" } });
        (await List<Model>(Models, "labels.a=b")).ShouldBeEmpty();
        (await List<Model>(Models, "labels.a=c")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task a_name_with_another_kind_is_not_found()
    {
        await Insert(new Model { Name = $"{Parent}/models/1" });
        (await store.FindAsync<CustomJob>(Jobs, $"{Parent}/models/1")).ShouldBeNull();
    }

    [Theory]
    [InlineData("display_name=alpha", "1")]
    [InlineData("display_name=\"alpha\"", "1")]
    [InlineData("displayName=\"alpha\"", "1")]
    [InlineData("display_name!=alpha", "2,3,4")]
    [InlineData("display_name=\"al*\"", "1,3")]
    [InlineData("display_name:PHA", "1,3")]
    [InlineData("labels.env=prod", "1,2")]
    [InlineData("labels.env:*", "1,2,3")]
    [InlineData("labels:env", "1,2,3")]
    [InlineData("labels.env!=prod", "3,4")]
    [InlineData("NOT labels.env=prod", "3,4")]
    [InlineData("-labels.env=prod", "3,4")]
    [InlineData("labels.env=prod AND display_name=beta", "2")]
    [InlineData("labels.env=prod display_name=beta", "2")]
    [InlineData("display_name=alpha OR display_name=beta", "1,2")]
    [InlineData("labels.env=prod AND display_name=alpha OR display_name=beta", "1,2")]
    [InlineData("(display_name=alpha OR display_name=alphabet) AND labels.env=test", "3")]
    [InlineData("state=JOB_STATE_RUNNING", "2")]
    [InlineData("state=\"JOB_STATE_RUNNING\" OR state=JOB_STATE_FAILED", "2,3")]
    [InlineData("NOT state=JOB_STATE_RUNNING", "1,3,4")]
    [InlineData("create_time>\"2020-01-01T00:00:00Z\"", "1,2,3,4")]
    [InlineData("create_time<2020-01-01T00:00:00Z", "")]
    [InlineData("job_spec.worker_pool_specs.replica_count=2", "1")]
    [InlineData("job_spec.worker_pool_specs.container_spec.image_uri:busybox", "1")]
    [InlineData("jobSpec.scheduling.restartJobOnWorkerRestart=true", "2")]
    [InlineData("job_spec.scheduling.restart_job_on_worker_restart=false", "1,3,4")]
    [InlineData("job_spec.scheduling.timeout>60s", "2")]
    [InlineData("job_spec.scheduling:*", "2")]
    [InlineData("job_spec.enable_web_access=true", "3")]
    [InlineData("error.code=3", "3")]
    [InlineData("error.code!=3", "1,2,4")]
    [InlineData("beta", "2")]
    [InlineData("display_name=\"it's \\\"quoted\\\" 50% _x\"", "4")]
    [InlineData("display_name=\"*50% _*\"", "4")]
    [InlineData("custom_job=2", "2")]
    [InlineData("name=\"projects/p/locations/l/customJobs/2\"", "2")]
    public async Task filters_select(string filter, string expected)
    {
        await Fill();
        string.Join(',', (await List<CustomJob>(Jobs, filter)).Select(static job => job.Name.Split('/')[^1]).Order()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("display_nam=a", "display_nam")]
    [InlineData("state=RUNNING", "JOB_STATE_RUNNING")]
    [InlineData("create_time>yesterday", "2026-01-31T15:04:05Z")]
    [InlineData("display_name=", "value")]
    [InlineData("(display_name=a", "')'")]
    [InlineData("display_name=\"a", "nothing closes")]
    [InlineData("AND", "field")]
    [InlineData("display_name=a AND", "ends")]
    [InlineData("in_context(\"x\")", "in_context")]
    [InlineData("job_spec.scheduling=3", "plain value")]
    [InlineData("display_name.x=3", "no field")]
    [InlineData("display_name=~\"a.*\"", "regular expressions")]
    [InlineData("error.code=x", "number")]
    [InlineData("job_spec.worker_pool_specs.container_spec.args:fast", "two repeated fields")]
    [InlineData("!a", "'!'")]
    public async Task filters_that_mean_nothing_are_refused_with_a_reason(string filter, string reason)
    {
        await Fill();
        var error = await Should.ThrowAsync<StatusException>(() => List<CustomJob>(Jobs, filter));
        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("", "4,3,2,1")]
    [InlineData("create_time", "1,2,3,4")]
    [InlineData("display_name", "1,3,2,4")]
    [InlineData("display_name desc", "4,2,3,1")]
    [InlineData("labels.env, create_time desc", "4,2,1,3")]
    [InlineData("error.code desc, display_name", "3,1,2,4")]
    [InlineData("state, create_time desc", "3,4,2,1")]
    public async Task orders_hold_across_pages_of_one(string order, string expected)
    {
        await Fill();
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", order, 1, token));
            names.AddRange(page.Items.Select(static job => job.Name.Split('/')[^1]));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        string.Join(',', names).ShouldBe(expected);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("display_name up")]
    [InlineData("job_spec")]
    [InlineData(",")]
    public async Task orders_that_mean_nothing_are_refused(string order) =>
        (await Should.ThrowAsync<StatusException>(() => store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", order)))).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task pages_neither_repeat_nor_skip_while_rows_come_and_go()
    {
        for (var i = 0; i < 25; i++)
        {
            await Insert(new Model { Name = $"{Parent}/models/{i:00}", DisplayName = "same" });
        }

        var seen = new List<string>();
        var token = "";
        do
        {
            var page = await store.ListAsync<Model>(Models, new ListQuery(Parent, "", "display_name", 7, token));
            seen.AddRange(page.Items.Select(static model => model.Name));
            token = page.NextPageToken;
            await store.WriteAsync(session => store.Delete(session, Models, seen[0]));
            await Insert(new Model { Name = $"{Parent}/models/0{Guid.NewGuid():N}", DisplayName = "aaa" });
        }
        while (token.Length > 0);
        seen.Count(static name => name.Split('/')[^1].Length == 2).ShouldBe(25);
        seen.ShouldBeUnique();
    }

    [Fact]
    public async Task a_page_token_is_good_for_its_own_query_only()
    {
        await Fill();
        var page = await store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", "", 1));
        foreach (var other in (ListQuery[])
        [
            new(Parent, "display_name:a", "", 1, page.NextPageToken),
            new(Parent, "", "display_name", 1, page.NextPageToken),
            new("projects/q/locations/l", "", "", 1, page.NextPageToken),
            new(Parent, "", "", 1, "not-a-token"),
            new(Parent, "", "", 1, page.NextPageToken[..^2] + "xx"),
            new(Parent, "", "", 1, "é"),
        ])
        {
            var error = await Should.ThrowAsync<StatusException>(() => store.ListAsync<CustomJob>(Jobs, other));
            error.Code.ShouldBe(Code.InvalidArgument);
            error.Message.ShouldContain("page_token");
        }
    }

    [Fact]
    public async Task a_parent_with_wildcards_spans_locations_and_no_further()
    {
        await Insert(new Model { Name = "projects/p/locations/a/models/1" });
        await Insert(new Model { Name = "projects/p/locations/b/models/2" });
        await Insert(new Model { Name = "projects/q/locations/a/models/3" });
        (await store.ListAsync<Model>(Models, new ListQuery("projects/p/locations/-"))).Items.Count.ShouldBe(2);
        (await store.ListAsync<Model>(Models, new ListQuery("projects/p/locations/a"))).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task text_with_a_nul_is_refused() =>
        (await Should.ThrowAsync<StatusException>(() => Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "a\0b" }))).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task values_are_never_sql()
    {
        await Fill();
        var hostile = "x' OR '1'='1'; DROP TABLE resources; --";
        await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = hostile, Labels = { ["k\"'; --"] = hostile } });
        (await List<Model>(Models, $"display_name=\"{hostile}\"")).Count.ShouldBe(1);
        (await List<CustomJob>(Jobs, $"display_name=\"{hostile}\"")).ShouldBeEmpty();
        (await List<CustomJob>(Jobs, "")).Count.ShouldBe(4);
    }

    [Fact]
    public async Task a_kind_adds_functions_and_fields_of_its_own_to_the_filters()
    {
        await Fill();
        var kind = Jobs with
        {
            Terms = new Dictionary<string, FilterTerm>
            {
                ["one_of"] = static (node, sql) => $"r.id IN ({string.Join(", ", ((FunctionNode)node).Arguments.Select(id => sql.Argument(id)))})",
                ["nickname"] = static (node, sql) => node is ComparisonNode { Operator: ":" } has ? $"r.display_name = {sql.Argument(has.Value)}" : null,
                ["display_name"] = static (_, _) => null,
            },
        };
        (await List<CustomJob>(kind, "one_of(\"1\", \"3\") AND state=JOB_STATE_FAILED")).Single().DisplayName.ShouldBe("alphabet");
        (await List<CustomJob>(kind, "nickname:\"beta\" OR display_name=alpha")).Count.ShouldBe(2);
        (await Should.ThrowAsync<StatusException>(() => List<CustomJob>(kind, "nickname=\"beta\""))).Message.ShouldContain("names no field");
        (await Should.ThrowAsync<StatusException>(() => List<CustomJob>(kind, "none_of(\"1\")"))).Message.ShouldContain("one_of");
    }

    [Fact]
    public async Task many_are_found_and_matched_by_name()
    {
        await Fill();
        string[] names = [$"{Parent}/customJobs/1", $"{Parent}/customJobs/2", $"{Parent}/customJobs/9"];
        var (found, matched, none) = await database.ReadAsync(session => (
            store.FindMany<CustomJob>(session, Jobs, names), store.Match(session, Jobs, names, "state=JOB_STATE_RUNNING"), store.Match(session, Models, names, "")));
        found.Select(static job => job.DisplayName).Order().ShouldBe(["alpha", "beta"]);
        matched.ShouldBe([$"{Parent}/customJobs/2"]);
        none.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_resource_that_was_put_away_leaves_the_listing_and_comes_back_whole()
    {
        var away = Models with { Name = "ArchivedModel" };
        var stored = await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "first", Labels = { ["env"] = "prod" } });
        (await store.WriteAsync(session => store.Move(session, Models, away, stored.Name))).ShouldBeTrue();
        (await store.FindAsync<Model>(Models, stored.Name)).ShouldBeNull();
        (await List<Model>(Models, "")).ShouldBeEmpty();
        (await store.WriteAsync(session => store.Move(session, Models, away, stored.Name))).ShouldBeFalse();
        await store.WriteAsync(session => store.Move(session, away, Models, stored.Name));
        (await List<Model>(Models, "labels.env=prod")).Single().ShouldBe(stored);
    }

    private async Task Fill()
    {
        await InsertJob(new CustomJob
        {
            Name = $"{Parent}/customJobs/1",
            DisplayName = "alpha",
            State = JobState.Succeeded,
            Labels = { ["env"] = "prod" },
            JobSpec = new CustomJobSpec { WorkerPoolSpecs = { new WorkerPoolSpec { ReplicaCount = 2, ContainerSpec = new ContainerSpec { ImageUri = "docker.io/busybox:1", Args = { "--fast" } } } } },
        });
        await InsertJob(new CustomJob
        {
            Name = $"{Parent}/customJobs/2",
            DisplayName = "beta",
            State = JobState.Running,
            Labels = { ["env"] = "prod" },
            JobSpec = new CustomJobSpec { Scheduling = new Scheduling { RestartJobOnWorkerRestart = true, Timeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1)) } },
        });
        await InsertJob(new CustomJob
        {
            Name = $"{Parent}/customJobs/3",
            DisplayName = "alphabet",
            State = JobState.Failed,
            Labels = { ["env"] = "test" },
            JobSpec = new CustomJobSpec { EnableWebAccess = true },
            Error = new Google.Rpc.Status { Code = 3, Message = "bad" },
        });
        await InsertJob(new CustomJob { Name = $"{Parent}/customJobs/4", DisplayName = "it's \"quoted\" 50% _x", State = JobState.Pending });
    }

    private Task<CustomJob> InsertJob(CustomJob job) => store.WriteAsync(session => store.Insert(session, Jobs, job));

    private Task<Model> Insert(Model model) => store.WriteAsync(session => store.Insert(session, Models, model));

    private Task<Model> Update(Model model) => store.WriteAsync(session => store.Update(session, Models, model));

    private async Task<IReadOnlyList<T>> List<T>(ResourceKind kind, string filter)
        where T : class, Google.Protobuf.IMessage<T> => (await store.ListAsync<T>(kind, new ListQuery(Parent, filter))).Items;
}

public sealed class ResourceStoreOnSqlite(SqliteFixture fixture) : ResourceStoreConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class ResourceStoreOnPostgreSql(PostgresFixture fixture) : ResourceStoreConformance(fixture), IClassFixture<PostgresFixture>;
