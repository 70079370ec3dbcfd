using Cairn.Kernel.Tests.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>Lineage queries on every engine, beside a model of the graph in memory.</summary>
public abstract class LineageConformance(DatabaseFixture fixture) : MetadataTest(fixture)
{
    [Fact]
    public async Task random_graphs_are_walked_as_the_model_walks_them()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var events = new HashSet<(int Execution, int Artifact)>();
        const int size = 24;
        for (var i = 0; i < size; i++)
        {
            await Artifact($"a-{i}");
            await Execution($"e-{i}");
        }

        for (var i = 0; i < size; i++)
        {
            var execution = random.Next(size);
            var artifact = random.Next(size);
            events.Add((execution, artifact));
            await Events($"e-{execution}", random.Next(2) == 0 ? [$"a-{artifact}"] : [], []);
            await Events($"e-{execution}", [], [$"a-{artifact}"]);
        }

        for (var start = 0; start < size; start++)
        {
            var hops = random.Next(0, 6);
            var (artifacts, executions, edges) = Model(events, start, hops == 0 ? int.MaxValue : hops);
            var graph = await Service.QueryArtifactLineageSubgraph(
                new QueryArtifactLineageSubgraphRequest { Artifact = Name("artifacts", $"a-{start}"), MaxHops = hops },
                MetadataHost.Call
            );
            graph
                .Artifacts.Select(static node => Id(node.Name))
                .ShouldBe(artifacts.Select(static i => $"a-{i}").Order(StringComparer.Ordinal), $"seed {seed}, start {start}, hops {hops}");
            graph
                .Executions.Select(static node => Id(node.Name))
                .ShouldBe(executions.Select(static i => $"e-{i}").Order(StringComparer.Ordinal));
            graph
                .Events.Select(static row => (Id(row.Execution), Id(row.Artifact)))
                .Order()
                .ShouldBe(edges.Select(static edge => ($"e-{edge.Execution}", $"a-{edge.Artifact}")).Order());
        }
    }

    [Fact]
    public async Task an_execution_shows_its_inputs_and_outputs_each_once()
    {
        await Artifact("data");
        await Artifact("model");
        await Execution("train");
        await Events("train", ["data"], ["model"]);
        await Events("train", ["data"], ["model", "data"]);
        var graph = await Service.QueryExecutionInputsAndOutputs(
            new QueryExecutionInputsAndOutputsRequest { Execution = Name("executions", "train") },
            MetadataHost.Call
        );
        graph
            .Events.Select(static row => (Id(row.Artifact), row.Type))
            .Order()
            .ShouldBe([("data", Event.Types.Type.Input), ("model", Event.Types.Type.Output)]);
        graph.Events[0].Execution.ShouldBe(Name("executions", "train"));
        graph.Events[0].EventTime.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_filter_selects_the_artifacts_of_a_lineage()
    {
        foreach (var id in (string[])["raw", "clean", "model"])
        {
            await Artifact(id, new Artifact { SchemaTitle = id == "model" ? "system.Model" : "system.Dataset" });
        }

        await Execution("prepare");
        await Execution("train");
        await Events("prepare", ["raw"], ["clean"]);
        await Events("train", ["clean"], ["model"]);
        var request = new QueryArtifactLineageSubgraphRequest
        {
            Artifact = Name("artifacts", "raw"),
            Filter = "schema_title=\"system.Model\"",
        };
        var graph = await Service.QueryArtifactLineageSubgraph(request, MetadataHost.Call);
        graph.Artifacts.Select(static node => Id(node.Name)).ShouldBe(["model", "raw"]);
        graph.Executions.Select(static node => Id(node.Name)).ShouldBe(["prepare", "train"]);
        graph.Events.Select(static row => Id(row.Artifact)).ShouldBe(["raw", "model"], ignoreOrder: true);
        request.MaxHops = -1;
        await Refused(Code.InvalidArgument, () => Service.QueryArtifactLineageSubgraph(request, MetadataHost.Call));
        request.Artifact = Name("artifacts", "nothing");
        request.MaxHops = 1;
        await Refused(Code.NotFound, () => Service.QueryArtifactLineageSubgraph(request, MetadataHost.Call));
    }

    [Fact]
    public async Task a_lineage_of_more_than_a_thousand_nodes_is_refused_and_its_nearer_part_answered()
    {
        await Artifact("data");
        await Host.Get<Cairn.Kernel.Store.IResourceStore>()
            .WriteAsync(session =>
            {
                for (var i = 0; i < 1_001; i++)
                {
                    session.Execute(
                        "INSERT INTO metadata_events (execution, artifact, type, event_time, labels) VALUES ($1, $2, 0, 1, '{}')",
                        Name("executions", $"e-{i}"),
                        Name("artifacts", "data")
                    );
                }

                return true;
            });
        var request = new QueryArtifactLineageSubgraphRequest { Artifact = Name("artifacts", "data") };
        (
            await Refused(Code.FailedPrecondition, () => Service.QueryArtifactLineageSubgraph(request, MetadataHost.Call))
        ).Message.ShouldContain("1000");
    }

    private static (HashSet<int> Artifacts, HashSet<int> Executions, HashSet<(int Execution, int Artifact)> Edges) Model(
        HashSet<(int Execution, int Artifact)> events,
        int start,
        int hops
    )
    {
        var artifacts = new HashSet<int> { start };
        var executions = new HashSet<int>();
        var edges = new HashSet<(int Execution, int Artifact)>();
        for (var hop = 0; hop < hops; hop++)
        {
            var before = edges.Count;
            foreach (
                var edge in events
                    .Where(edge => hop % 2 == 0 ? artifacts.Contains(edge.Artifact) : executions.Contains(edge.Execution))
                    .ToArray()
            )
            {
                edges.Add(edge);
            }

            artifacts.UnionWith(edges.Select(static edge => edge.Artifact));
            executions.UnionWith(edges.Select(static edge => edge.Execution));
            if (edges.Count == before && hop > 0)
            {
                break;
            }
        }

        return (artifacts, executions, edges);
    }
}

public sealed class LineageOnSqlite(SqliteFixture fixture) : LineageConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class LineageOnPostgreSql(PostgresFixture fixture) : LineageConformance(fixture), IClassFixture<PostgresFixture>;
