using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store;
using Cairn.Kernel.Store.Search;
using Cairn.Kernel.Tests.Database;

namespace Cairn.Kernel.Tests.Store;

/// <summary>What every engine under the resource store must do with filters, orders and pages.</summary>
public abstract class ResourceListConformance(DatabaseFixture fixture) : ResourceStoreTests(fixture)
{
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
            var page = await Store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", order, 1, token));
            names.AddRange(page.Items.Select(static job => job.Name.Split('/')[^1]));
            token = page.NextPageToken;
        } while (token.Length > 0);
        string.Join(',', names).ShouldBe(expected);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("display_name up")]
    [InlineData("job_spec")]
    [InlineData(",")]
    public async Task orders_that_mean_nothing_are_refused(string order) =>
        (await Should.ThrowAsync<StatusException>(() => Store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", order)))).Code.ShouldBe(
            Code.InvalidArgument
        );

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
            var page = await Store.ListAsync<Model>(Models, new ListQuery(Parent, "", "display_name", 7, token));
            seen.AddRange(page.Items.Select(static model => model.Name));
            token = page.NextPageToken;
            await Store.WriteAsync(session => Store.Delete(session, Models, seen[0]));
            await Insert(new Model { Name = $"{Parent}/models/0{Guid.NewGuid():N}", DisplayName = "aaa" });
        } while (token.Length > 0);
        seen.Count(static name => name.Split('/')[^1].Length == 2).ShouldBe(25);
        seen.ShouldBeUnique();
    }

    [Fact]
    public async Task a_page_token_is_good_for_its_own_query_only()
    {
        await Fill();
        var page = await Store.ListAsync<CustomJob>(Jobs, new ListQuery(Parent, "", "", 1));
        foreach (
            var other in (ListQuery[])
                [
                    new(Parent, "display_name:a", "", 1, page.NextPageToken),
                    new(Parent, "", "display_name", 1, page.NextPageToken),
                    new("projects/q/locations/l", "", "", 1, page.NextPageToken),
                    new(Parent, "", "", 1, "not-a-token"),
                    new(Parent, "", "", 1, page.NextPageToken[..^2] + "xx"),
                    new(Parent, "", "", 1, "é"),
                ]
        )
        {
            var error = await Should.ThrowAsync<StatusException>(() => Store.ListAsync<CustomJob>(Jobs, other));
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
        (await Store.ListAsync<Model>(Models, new ListQuery("projects/p/locations/-"))).Items.Count.ShouldBe(2);
        (await Store.ListAsync<Model>(Models, new ListQuery("projects/p/locations/a"))).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task values_are_never_sql()
    {
        await Fill();
        var hostile = "x' OR '1'='1'; DROP TABLE resources; --";
        await Insert(
            new Model
            {
                Name = $"{Parent}/models/1",
                DisplayName = hostile,
                Labels = { ["k\"'; --"] = hostile },
            }
        );
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
                ["one_of"] = static (node, sql) =>
                    $"r.id IN ({string.Join(", ", ((FunctionNode)node).Arguments.Select(id => sql.Argument(id)))})",
                ["nickname"] = static (node, sql) =>
                    node is ComparisonNode { Operator: ":" } has ? $"r.display_name = {sql.Argument(has.Value)}" : null,
                ["display_name"] = static (_, _) => null,
            },
        };
        (await List<CustomJob>(kind, "one_of(\"1\", \"3\") AND state=JOB_STATE_FAILED")).Single().DisplayName.ShouldBe("alphabet");
        (await List<CustomJob>(kind, "nickname:\"beta\" OR display_name=alpha")).Count.ShouldBe(2);
        (await Should.ThrowAsync<StatusException>(() => List<CustomJob>(kind, "nickname=\"beta\""))).Message.ShouldContain(
            "names no field"
        );
        (await Should.ThrowAsync<StatusException>(() => List<CustomJob>(kind, "none_of(\"1\")"))).Message.ShouldContain("one_of");
    }
}

public sealed class ResourceListOnSqlite(SqliteFixture fixture) : ResourceListConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class ResourceListOnPostgreSql(PostgresFixture fixture) : ResourceListConformance(fixture), IClassFixture<PostgresFixture>;
