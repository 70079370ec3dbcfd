using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Lineage;

/// <summary><c>cairn lineage show NAME</c>: upstream and downstream of anything in the graph.</summary>
internal sealed class ShowLineage : ApiCommand
{
    private const string Dot = "dot";

    private readonly Argument<string> name = new("NAME")
    {
        Description = "An artifact, execution, context (a run is EXPERIMENT-RUN), model (MODEL or MODEL@VERSION) or custom job by id or full name, or an address such as gs://bucket/model.",
    };

    private readonly Option<bool> upstream = new("--upstream") { Description = "Only what it was made from." };
    private readonly Option<bool> downstream = new("--downstream") { Description = "Only what was made of it." };

    private readonly Option<int> depth = new("--depth") { Description = "How many events to follow each way.", HelpName = "N", DefaultValueFactory = _ => 20 };

    private readonly Option<int> limit = new("--limit") { Description = "At most about so many nodes each way.", HelpName = "N", DefaultValueFactory = _ => 500 };

    public ShowLineage() : base("show", "Show what something was made from, and what was made of it. --format can be json or dot too.")
    {
        Add(name);
        Add(upstream);
        Add(downstream);
        Add(depth);
        Add(limit);
    }

    protected override IReadOnlyList<string> OwnFormats => [Dot];

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var start = await new LineageStart(session).FindAsync(parse.GetValue(name)!, cancellation);
        var graph = new LineageGraph(session);
        graph.Start(start);
        List<LineageNode> members = [start];
        if (start.Message is Context)
        {
            var inside = await session.Client.GetAsync<LineageSubgraph>($"/v1/{start.Name}:queryContextLineageSubgraph", cancellation);
            graph.Add(inside);
            members = [.. inside.Executions.Select(LineageNode.Of), .. inside.Artifacts.Select(LineageNode.Of)];
            members.ForEach(graph.Start);
        }

        var (up, down) = (parse.GetValue(upstream), parse.GetValue(downstream));
        var whole = (down && !up) || await graph.FetchAsync(members, true, parse.GetValue(depth), parse.GetValue(limit), cancellation);
        whole &= (up && !down) || await graph.FetchAsync(members, false, parse.GetValue(depth), parse.GetValue(limit), cancellation);
        Write(session, graph, start, members);
        if (!whole)
        {
            session.Status.WriteLine("There is more than is shown; raise --depth or --limit.");
        }

        return ExitCode.Ok;
    }

    private static void Write(ApiSession session, LineageGraph graph, LineageNode start, List<LineageNode> members)
    {
        switch (session.Format)
        {
            case null or "table":
                new LineageTree(graph, session.Out).Write(start, members);
                break;
            case Dot:
                LineageDot.Write(graph, session.Out);
                break;
            default:
                session.Print(new LineageSubgraph
                {
                    Artifacts = { graph.Nodes.Select(static node => node.Message).OfType<Artifact>() },
                    Executions = { graph.Nodes.Select(static node => node.Message).OfType<Execution>() },
                    Events = { graph.Events },
                });
                break;
        }
    }
}
