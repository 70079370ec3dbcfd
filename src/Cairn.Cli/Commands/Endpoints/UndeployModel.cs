using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class UndeployModel : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("endpoint");
    private readonly Option<string> _id = new("--deployed-model-id")
    {
        Description = "Which deployed model.",
        Required = true,
        HelpName = "ID",
    };
    private readonly TrafficSplitOption _traffic = new() { Description = "The percentages of those that stay." };

    public UndeployModel()
        : base("undeploy-model", "Take a deployed model off an endpoint.")
    {
        Add(_name);
        Add(_id);
        Add(_traffic);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(EndpointsNoun.Collection, parse.GetValue(_name)!);
        var request = new UndeployModelRequest { DeployedModelId = parse.GetValue(_id) };
        _traffic.Apply(parse, request.TrafficSplit);
        var operation = await session.Client.PostAsync<Operation>($"/v1/{full}:undeployModel", request, cancellation);
        await session.Client.WaitAsync(operation, cancellation);
        session.Status.WriteLine($"Undeployed {request.DeployedModelId} from the endpoint [{full}].");
        return ExitCode.Ok;
    }
}
