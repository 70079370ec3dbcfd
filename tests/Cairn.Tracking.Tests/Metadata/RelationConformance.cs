using Cairn.Kernel.Tests.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>Edges and what filters know of them, on every engine.</summary>
public abstract class RelationConformance(DatabaseFixture fixture) : MetadataTest(fixture)
{
    [Fact]
    public async Task contexts_have_children_without_cycles_and_ten_parents_at_most()
    {
        foreach (var id in (string[])["a", "b", "c", "d"])
        {
            await Context(id);
        }

        await Children("a", "b");
        await Children("a", "b", "d");
        await Children("b", "c");
        (await Refused(Code.InvalidArgument, () => Children("c", "a"))).Message.ShouldContain("cycle");
        await Refused(Code.InvalidArgument, () => Children("c", "c"));
        await Refused(Code.NotFound, () => Children("a", "nobody"));
        (await ListContexts($"parent_contexts:\"{Name("contexts", "a")}\"")).ShouldBe(["b", "d"]);
        (await ListContexts($"child_contexts:\"{Name("contexts", "c")}\"")).ShouldBe(["b"]);
        (await ListContexts("NOT parent_contexts:*")).ShouldBe(["a"]);
        (await Service.GetContext(new GetContextRequest { Name = Name("contexts", "b") }, MetadataHost.Call)).ParentContexts.ShouldBe([
            Name("contexts", "a"),
        ]);
        await Service.RemoveContextChildren(
            new RemoveContextChildrenRequest
            {
                Context = Name("contexts", "a"),
                ChildContexts = { Name("contexts", "b"), Name("contexts", "c") },
            },
            MetadataHost.Call
        );
        (await ListContexts($"parent_contexts:\"{Name("contexts", "a")}\"")).ShouldBe(["d"]);
        await Children("c", "a");

        for (var i = 0; i < 10; i++)
        {
            await Context($"p-{i}");
            await (i < 9 ? Children($"p-{i}", "d") : Refused(Code.InvalidArgument, () => Children("p-9", "d")));
        }
    }

    [Fact]
    public async Task members_of_a_context_are_found_by_it_and_it_by_them()
    {
        await Context("group", new Context { SchemaTitle = "system.PipelineRun" });
        await Context("empty");
        await Artifact("model", new Artifact { SchemaTitle = "system.Model" });
        await Artifact("metrics", new Artifact { SchemaTitle = "google.ClassificationMetrics" });
        await Artifact("elsewhere", new Artifact { SchemaTitle = "google.ClassificationMetrics" });
        await Execution("train", new Execution { SchemaTitle = "system.Run" });
        await Members("group", ["model", "metrics"], ["train"]);
        await Members("group", ["model"], []);
        var group = Name("contexts", "group");
        (await ListArtifacts($"in_context(\"{group}\")")).ShouldBe(["metrics", "model"]);
        (await ListArtifacts($"schema_title=\"google.ClassificationMetrics\" AND in_context(\"{group}\")")).ShouldBe(["metrics"]);
        (await ListArtifacts($"schema_title=\"system.*\" AND NOT in_context(\"{group}\")")).ShouldBeEmpty();
        (await ListExecutions($"(schema_title=\"system.Run\") AND in_context(\"{group}\")")).ShouldBe(["train"]);
        (await ListExecutions($"in_context(\"{Name("contexts", "nobody")}\")")).ShouldBeEmpty();
        (await ListContexts($"has_artifact(\"{Name("artifacts", "model")}\")")).ShouldBe(["group"]);
        (await ListContexts($"has_execution(\"{Name("executions", "train")}\")")).ShouldBe(["group"]);
        (await ListContexts("schema_title=\"system.ExperimentRun\" OR schema_title=\"system.PipelineRun\"")).ShouldBe(["group"]);
        (await Refused(Code.InvalidArgument, () => ListArtifacts("in_context(\"group\")"))).Message.ShouldContain("metadataStores");
        await Refused(Code.InvalidArgument, () => ListArtifacts("in_context(\"a\", \"b\")"));
    }

    [Fact]
    public async Task what_lies_in_another_store_is_refused()
    {
        const string other = "projects/other/locations/us-central1/metadataStores/default";
        await Service.CreateArtifact(
            new CreateArtifactRequest
            {
                Parent = other,
                ArtifactId = "data",
                Artifact = new Artifact(),
            },
            MetadataHost.Call
        );
        await Context("group");
        await Execution("train");
        await Refused(
            Code.InvalidArgument,
            () =>
                Service.AddContextArtifactsAndExecutions(
                    new AddContextArtifactsAndExecutionsRequest
                    {
                        Context = Name("contexts", "group"),
                        Artifacts = { $"{other}/artifacts/data" },
                    },
                    MetadataHost.Call
                )
        );
        await Refused(
            Code.InvalidArgument,
            () =>
                Service.AddExecutionEvents(
                    new AddExecutionEventsRequest
                    {
                        Execution = Name("executions", "train"),
                        Events =
                        {
                            new Event { Artifact = $"{other}/artifacts/data", Type = Event.Types.Type.Input },
                        },
                    },
                    MetadataHost.Call
                )
        );
        await Refused(
            Code.InvalidArgument,
            () =>
                Service.AddExecutionEvents(
                    new AddExecutionEventsRequest
                    {
                        Execution = Name("executions", "train"),
                        Events = { new Event { Artifact = Name("artifacts", "x") } },
                    },
                    MetadataHost.Call
                )
        );
        var bound = new Cairn.Kernel.Rpc.CallContext { Caller = new Cairn.Kernel.Security.Principal("task:1", ["*"], "other") };
        await Refused(Code.PermissionDenied, () => Service.GetContext(new GetContextRequest { Name = Name("contexts", "group") }, bound));
    }

    [Theory]
    [InlineData("metadata.rows.number_value > 10", "big")]
    [InlineData("metadata.rows.number_value = 10.0 OR metadata.\"field:1\".string_value = \"x\"", "big small")]
    [InlineData("metadata.final.bool_value = true", "big")]
    [InlineData("uri = \"gs://demo/small\"", "small")]
    [InlineData("uri = \"gs://demo/*\"", "big small")]
    [InlineData("state = LIVE", "big")]
    [InlineData("display_name = \"Big\" AND labels.env = prod", "big")]
    [InlineData("create_time > \"2020-11-19T11:30:00-04:00\" AND create_time < \"2020-11-20T11:30:00-04:00\"", "")]
    [InlineData("name = \"projects/lab/locations/us-central1/metadataStores/default/artifacts/small\"", "small")]
    [InlineData("NOT schema_title = \"system.Dataset\"", "plain small")]
    public async Task filters_select(string filter, string expected)
    {
        await Artifact(
            "big",
            new Artifact
            {
                DisplayName = "Big",
                Uri = "gs://demo/big",
                SchemaTitle = "system.Dataset",
                State = Google.Cloud.AIPlatform.V1.Artifact.Types.State.Live,
                Labels = { ["env"] = "prod" },
                Metadata = new Struct
                {
                    Fields =
                    {
                        ["rows"] = Value.ForNumber(20),
                        ["field:1"] = Value.ForString("x"),
                        ["final"] = Value.ForBool(true),
                    },
                },
            }
        );
        await Artifact(
            "small",
            new Artifact
            {
                DisplayName = "Small",
                Uri = "gs://demo/small",
                SchemaTitle = "system.Model",
                Metadata = new Struct { Fields = { ["rows"] = Value.ForNumber(10) } },
            }
        );
        await Artifact("plain");
        (await ListArtifacts(filter)).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task twenty_clients_add_to_one_context_and_nothing_is_lost_or_doubled()
    {
        await Context("group");
        await Context("parent");
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async client =>
                {
                    for (var i = 0; i < 5; i++)
                    {
                        var id = $"a-{client}-{i}";
                        await Again(() => Artifact(id));
                        await Again(() => Execution(id));
                        await Again(() => Members("group", [id], [id]));
                        await Again(() => Members("group", [id, "a-0-0"], []), Code.NotFound);
                        await Again(() => Events(id, [id], []));
                    }

                    await Again(() => Context($"run-{client}"));
                    await Again(() => Children("parent", $"run-{client}"));
                })
        );
        var graph = await Service.QueryContextLineageSubgraph(
            new QueryContextLineageSubgraphRequest { Context = Name("contexts", "group") },
            MetadataHost.Call
        );
        (graph.Artifacts.Count, graph.Executions.Count, graph.Events.Count).ShouldBe((100, 100, 100));
        (await ListContexts($"parent_contexts:\"{Name("contexts", "parent")}\"")).Length.ShouldBe(20);
    }

    /// <summary>
    /// Calls as a client does that repeats what was aborted because of another's transaction, or did not find what another has yet to make.
    /// </summary>
    private static async Task Again(Func<Task> call, Code also = Code.Aborted)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Cairn.Kernel.Errors.StatusException error)
                when ((error.Code == Code.Aborted || error.Code == also) && DateTime.UtcNow < deadline)
            {
                await Task.Yield();
            }
        }
    }
}

public sealed class RelationsOnSqlite(SqliteFixture fixture) : RelationConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class RelationsOnPostgreSql(PostgresFixture fixture) : RelationConformance(fixture), IClassFixture<PostgresFixture>;
