using Cairn.Kernel.Tests.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using State = Google.Cloud.AIPlatform.V1.Execution.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>Stores, schemas and nodes on every engine.</summary>
public abstract class NodeConformance(DatabaseFixture fixture) : MetadataTest(fixture)
{
    [Fact]
    public async Task the_default_store_comes_into_being_when_it_is_created_or_first_used()
    {
        var get = new GetMetadataStoreRequest { Name = Store };
        await Refused(Code.NotFound, () => Service.GetMetadataStore(get, MetadataHost.Call));
        (await ListContexts("schema_title=\"system.Experiment\"")).ShouldBeEmpty();
        var created = await Host.EndAsync<MetadataStore>(
            Service.CreateMetadataStore(
                new CreateMetadataStoreRequest
                {
                    Parent = MetadataHost.Parent,
                    MetadataStoreId = "default",
                    MetadataStore = new MetadataStore { Description = "d" },
                },
                MetadataHost.Call
            )
        );
        (await Service.GetMetadataStore(get, MetadataHost.Call)).ShouldBe(created);

        const string other = "projects/other/locations/us-central1/metadataStores/default";
        await Service.CreateArtifact(new CreateArtifactRequest { Parent = other, Artifact = new Artifact() }, MetadataHost.Call);
        (await Service.GetMetadataStore(new GetMetadataStoreRequest { Name = other }, MetadataHost.Call)).Name.ShouldBe(other);
        (
            await Refused(
                Code.NotFound,
                () =>
                    Service.CreateArtifact(
                        new CreateArtifactRequest { Parent = $"{MetadataHost.Parent}/metadataStores/mine", Artifact = new Artifact() },
                        MetadataHost.Call
                    )
            )
        ).Message.ShouldContain("mine");
    }

    [Fact]
    public async Task a_store_is_deleted_with_all_that_is_in_it()
    {
        await Artifact("data");
        await Execution("train");
        await Context("group");
        await Context("inner");
        await Children("group", "inner");
        await Members("group", ["data"], ["train"]);
        await Host.EndAsync<Empty>(Service.DeleteMetadataStore(new DeleteMetadataStoreRequest { Name = Store }, MetadataHost.Call));
        await Refused(Code.NotFound, () => Service.GetMetadataStore(new GetMetadataStoreRequest { Name = Store }, MetadataHost.Call));
        (
            await Service.ListMetadataStores(new ListMetadataStoresRequest { Parent = MetadataHost.Parent }, MetadataHost.Call)
        ).MetadataStores.ShouldBeEmpty();
        (await ListArtifacts("")).ShouldBeEmpty();

        await Context("group");
        await Context("inner");
        (await ListContexts($"parent_contexts:\"{Name("contexts", "group")}\"")).ShouldBeEmpty();
    }

    [Fact]
    public async Task built_in_schemas_are_in_every_store_and_own_ones_beside_them()
    {
        var list = new ListMetadataSchemasRequest { Parent = Store, PageSize = 1000 };
        var titles = (await Service.ListMetadataSchemas(list, MetadataHost.Call))
            .MetadataSchemas.Select(static schema => schema.Schema.Split('\n')[0])
            .ToArray();
        titles.ShouldContain("title: system.ExperimentRun");
        titles.ShouldContain("title: google.VertexModel");
        var builtIn = await Service.GetMetadataSchema(
            new GetMetadataSchemaRequest { Name = Name("metadataSchemas", "system-model-v0-0-1") },
            MetadataHost.Call
        );
        builtIn.SchemaType.ShouldBe(MetadataSchema.Types.MetadataSchemaType.ArtifactType);
        builtIn.Schema.ShouldContain("  framework:\n    type: string");

        var own = new MetadataSchema
        {
            Schema = "title: demo.Table\ntype: object\n",
            SchemaVersion = "1.0.0",
            SchemaType = MetadataSchema.Types.MetadataSchemaType.ArtifactType,
        };
        var create = new CreateMetadataSchemaRequest
        {
            Parent = Store,
            MetadataSchemaId = "demo-table",
            MetadataSchema = own,
        };
        await Service.CreateMetadataSchema(create, MetadataHost.Call);
        (await Service.ListMetadataSchemas(list, MetadataHost.Call)).MetadataSchemas.Count.ShouldBe(titles.Length + 1);
        create.MetadataSchemaId = "again";
        await Refused(Code.AlreadyExists, () => Service.CreateMetadataSchema(create, MetadataHost.Call));
        own.SchemaVersion = "1.0";
        await Refused(Code.InvalidArgument, () => Service.CreateMetadataSchema(create, MetadataHost.Call));
        own.SchemaVersion = "1.0.1";
        own.Schema = "type: object";
        (await Refused(Code.InvalidArgument, () => Service.CreateMetadataSchema(create, MetadataHost.Call))).Message.ShouldContain("title");
    }

    [Fact]
    public async Task nodes_are_created_with_a_given_or_a_generated_id_and_read_back()
    {
        var given = new Artifact
        {
            DisplayName = "Data",
            Uri = "gs://demo/data.csv",
            State = Google.Cloud.AIPlatform.V1.Artifact.Types.State.Live,
            SchemaTitle = "system.Dataset",
            Metadata = new Struct { Fields = { [" rows "] = Value.ForNumber(12) } },
            Labels = { ["env"] = "test" },
            Description = "d",
        };
        var stored = await Artifact("data", given);
        stored.Name.ShouldBe(Name("artifacts", "data"));
        stored.SchemaVersion.ShouldBe("0.0.1");
        stored.Metadata.Fields["rows"].NumberValue.ShouldBe(12);
        stored.Etag.ShouldNotBeEmpty();
        (await Service.GetArtifact(new GetArtifactRequest { Name = stored.Name }, MetadataHost.Call)).ShouldBe(stored);
        await Refused(Code.AlreadyExists, () => Artifact("data"));
        Id((await Artifact("")).Name).Length.ShouldBeGreaterThan(4);
        await Refused(
            Code.NotFound,
            () => Service.GetContext(new GetContextRequest { Name = Name("contexts", "data") }, MetadataHost.Call)
        );
    }

    [Theory]
    [InlineData("artifact_id", "Not_An_Id")]
    [InlineData("display_name", "name")]
    [InlineData("labels", "UPPER")]
    [InlineData("metadata", "large")]
    public async Task what_is_out_of_bounds_is_refused_by_its_name(string field, string value)
    {
        var artifact = new Artifact();
        switch (field)
        {
            case "display_name":
                artifact.DisplayName = new string('n', 129);
                break;
            case "labels":
                artifact.Labels[value] = "x";
                break;
            case "metadata":
                artifact.Metadata = new Struct { Fields = { [value] = Value.ForString(new string('x', 201 << 10)) } };
                break;
        }

        (await Refused(Code.InvalidArgument, () => Artifact(field == "artifact_id" ? value : "fine", artifact))).Message.ShouldContain(
            field
        );
    }

    [Fact]
    public async Task an_update_takes_the_masked_fields_or_what_is_set()
    {
        var stored = await Execution(
            "train",
            new Execution
            {
                DisplayName = "train",
                SchemaTitle = "system.ContainerExecution",
                State = State.Running,
                Labels = { ["a"] = "b" },
            }
        );
        var masked = await Service.UpdateExecution(
            new UpdateExecutionRequest
            {
                Execution = new Execution
                {
                    Name = stored.Name,
                    State = State.Complete,
                    DisplayName = "other",
                },
                UpdateMask = new FieldMask { Paths = { "state" } },
            },
            MetadataHost.Call
        );
        (masked.State, masked.DisplayName).ShouldBe((State.Complete, "train"));
        var whole = await Service.UpdateExecution(
            new UpdateExecutionRequest
            {
                Execution = new Execution
                {
                    Name = stored.Name,
                    State = State.Failed,
                    Metadata = new Struct { Fields = { ["code"] = Value.ForNumber(1) } },
                },
            },
            MetadataHost.Call
        );
        (whole.State, whole.DisplayName, whole.Labels["a"]).ShouldBe((State.Failed, "train", "b"));
        whole.Metadata.Fields["code"].NumberValue.ShouldBe(1);
        await Refused(
            Code.Aborted,
            () =>
                Service.UpdateExecution(
                    new UpdateExecutionRequest
                    {
                        Execution = new Execution
                        {
                            Name = stored.Name,
                            State = State.New,
                            Etag = stored.Etag,
                        },
                    },
                    MetadataHost.Call
                )
        );

        var missing = new UpdateExecutionRequest
        {
            Execution = new Execution { Name = Name("executions", "missing"), DisplayName = "m" },
        };
        await Refused(Code.NotFound, () => Service.UpdateExecution(missing, MetadataHost.Call));
        missing.AllowMissing = true;
        (await Service.UpdateExecution(missing, MetadataHost.Call)).DisplayName.ShouldBe("m");
    }

    [Fact]
    public async Task a_whole_context_written_back_without_a_mask_keeps_its_parents_whatever_its_etag()
    {
        await Context("exp", new Context { SchemaTitle = "custom.Group" });
        var run = await Context(
            "exp-run",
            new Context
            {
                DisplayName = "run",
                SchemaTitle = "custom.Run",
                Metadata = new Struct { Fields = { ["n"] = Value.ForNumber(1) } },
            }
        );
        await Children("exp", "exp-run");
        run.Metadata.Fields["n"] = Value.ForNumber(2);
        await Service.UpdateContext(new UpdateContextRequest { Context = run }, MetadataHost.Call);
        run.Metadata.Fields["n"] = Value.ForNumber(3);
        var written = await Service.UpdateContext(new UpdateContextRequest { Context = run }, MetadataHost.Call);
        written.ParentContexts.ShouldBe([Name("contexts", "exp")]);
        written.Metadata.Fields["n"].NumberValue.ShouldBe(3);
        await Refused(
            Code.Aborted,
            () =>
                Service.UpdateContext(
                    new UpdateContextRequest
                    {
                        Context = run,
                        UpdateMask = new FieldMask { Paths = { "display_name" } },
                    },
                    MetadataHost.Call
                )
        );
    }

    [Fact]
    public async Task a_node_is_deleted_with_its_edges_and_only_as_it_was_read()
    {
        await Artifact("data");
        await Execution("train");
        var group = await Context("group");
        await Members("group", ["data"], ["train"]);
        await Events("train", ["data"], []);
        await Refused(
            Code.FailedPrecondition,
            () => Service.DeleteContext(new DeleteContextRequest { Name = group.Name, Etag = "stale" }, MetadataHost.Call)
        );
        await Host.EndAsync<Empty>(
            Service.DeleteContext(new DeleteContextRequest { Name = group.Name, Etag = group.Etag }, MetadataHost.Call)
        );
        await Refused(Code.NotFound, () => Service.DeleteContext(new DeleteContextRequest { Name = group.Name }, MetadataHost.Call));
        await Host.EndAsync<Empty>(
            Service.DeleteArtifact(new DeleteArtifactRequest { Name = Name("artifacts", "data") }, MetadataHost.Call)
        );
        var left = await Service.QueryExecutionInputsAndOutputs(
            new QueryExecutionInputsAndOutputsRequest { Execution = Name("executions", "train") },
            MetadataHost.Call
        );
        (left.Artifacts.Count, left.Executions.Count, left.Events.Count).ShouldBe((0, 1, 0));
        await Context("group");
        (await ListExecutions($"in_context(\"{group.Name}\")")).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_purge_counts_and_samples_and_with_force_deletes()
    {
        for (var i = 0; i < 7; i++)
        {
            await Artifact($"a-{i}", new Artifact { DisplayName = i < 5 ? "old" : "new" });
        }

        var request = new PurgeArtifactsRequest { Parent = Store, Filter = "display_name=\"old\"" };
        var dry = await Host.EndAsync<PurgeArtifactsResponse>(Service.PurgeArtifacts(request, MetadataHost.Call));
        (dry.PurgeCount, dry.PurgeSample.Count).ShouldBe((5, 5));
        (await ListArtifacts("")).Length.ShouldBe(7);
        request.Force = true;
        var done = await Host.EndAsync<PurgeArtifactsResponse>(Service.PurgeArtifacts(request, MetadataHost.Call));
        (done.PurgeCount, done.PurgeSample.Count).ShouldBe((5, 0));
        (await ListArtifacts("")).ShouldBe(["a-5", "a-6"]);
        await Context("c-1");
        await Execution("e-1");
        (
            await Host.EndAsync<PurgeContextsResponse>(
                Service.PurgeContexts(
                    new PurgeContextsRequest
                    {
                        Parent = Store,
                        Filter = "create_time > \"2020-01-01T00:00:00Z\"",
                        Force = true,
                    },
                    MetadataHost.Call
                )
            )
        ).PurgeCount.ShouldBe(1);
        (
            await Host.EndAsync<PurgeExecutionsResponse>(
                Service.PurgeExecutions(
                    new PurgeExecutionsRequest
                    {
                        Parent = Store,
                        Filter = "create_time < \"2020-01-01T00:00:00Z\"",
                        Force = true,
                    },
                    MetadataHost.Call
                )
            )
        ).PurgeCount.ShouldBe(0);
        await Refused(Code.InvalidArgument, () => Service.PurgeContexts(new PurgeContextsRequest { Parent = Store }, MetadataHost.Call));
    }
}

public sealed class NodesOnSqlite(SqliteFixture fixture) : NodeConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class NodesOnPostgreSql(PostgresFixture fixture) : NodeConformance(fixture), IClassFixture<PostgresFixture>;
