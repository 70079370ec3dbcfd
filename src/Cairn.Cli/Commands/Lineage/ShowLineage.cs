using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Lineage;

/// <summary><c>cairn lineage show NAME</c>: upstream and downstream of anything in the graph.</summary>
internal sealed class ShowLineage : ApiCommand
{
    private const string Dot = "dot";

    private readonly Argument<string> _name = new("NAME")
    {
        Description =
            "An artifact, execution, context (a run is EXPERIMENT-RUN), model (MODEL or MODEL@VERSION) or custom job by id or full name, or an address such as gs://bucket/model.",
    };

    private readonly Option<bool> _upstream = new("--upstream") { Description = "Only what it was made from." };
    private readonly Option<bool> _downstream = new("--downstream") { Description = "Only what was made of it." };

    private readonly Option<int> _depth = new("--depth")
    {
        Description = "How many events to follow each way.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "At most about so many nodes each way.",
        HelpName = "N",
        DefaultValueFactory = _ => 500,
    };

    public ShowLineage()
        : base("show", "Show what something was made from, and what was made of it. --format can be json or dot too.")
    {
        Add(_name);
        Add(_upstream);
        Add(_downstream);
        Add(_depth);
        Add(_limit);
    }

    protected override IReadOnlyList<string> OwnFormats => [Dot];

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var start = await new LineageStart(session).FindAsync(parse.GetValue(_name)!, cancellation);
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

        var (up, down) = (parse.GetValue(_upstream), parse.GetValue(_downstream));
        var whole = (down && !up) || await graph.FetchAsync(members, true, parse.GetValue(_depth), parse.GetValue(_limit), cancellation);
        whole &= (up && !down) || await graph.FetchAsync(members, false, parse.GetValue(_depth), parse.GetValue(_limit), cancellation);
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
                session.Print(
                    new LineageSubgraph
                    {
                        Artifacts = { graph.Nodes.Select(static node => node.Message).OfType<Artifact>() },
                        Executions = { graph.Nodes.Select(static node => node.Message).OfType<Execution>() },
                        Events = { graph.Events },
                    }
                );
                break;
        }
    }
}
