using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Models;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class DeployModel : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("endpoint");
    private readonly Option<string> _model = new("--model")
    {
        Description = "The model's id or full name; MODEL@VERSION for one version.",
        Required = true,
    };
    private readonly Option<string> _displayName = new("--display-name")
    {
        Description = "What people call the deployed model.",
        Required = true,
    };
    private readonly Option<string?> _id = new("--deployed-model-id")
    {
        Description = "The id it gets; one is made if not given.",
        HelpName = "ID",
    };
    private readonly Option<string> _machine = new("--machine-type")
    {
        Description = "The machine's type.",
        DefaultValueFactory = _ => "n1-standard-2",
    };
    private readonly Option<int> _least = new("--min-replica-count")
    {
        Description = "Replicas that are always there.",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<int?> _most = new("--max-replica-count")
    {
        Description = "Replicas at most; as many as the least if not given.",
    };
    private readonly TrafficSplitOption _traffic = new();

    public DeployModel()
        : base("deploy-model", "Deploy a model to an endpoint; waits until it answers.")
    {
        Add(_name);
        foreach (var option in (Option[])[_model, _displayName, _id, _machine, _least, _most, _traffic])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(EndpointsNoun.Collection, parse.GetValue(_name)!);
        var request = new DeployModelRequest
        {
            DeployedModel = new DeployedModel
            {
                Id = parse.GetValue(_id) ?? "",
                Model = session.Name(ModelsNoun.Collection, parse.GetValue(_model)!),
                DisplayName = parse.GetValue(_displayName),
                DedicatedResources = new DedicatedResources
                {
                    MachineSpec = new MachineSpec { MachineType = parse.GetValue(_machine) },
                    MinReplicaCount = parse.GetValue(_least),
                    MaxReplicaCount = parse.GetValue(_most) ?? parse.GetValue(_least),
                },
            },
        };
        _traffic.Apply(parse, request.TrafficSplit);
        session.Status.WriteLine("Deploying; this waits until the model answers.");
        var operation = await session.Client.PostAsync<Operation>($"/v1/{full}:deployModel", request, cancellation);
        var deployed = await session.Client.ResultAsync<DeployModelResponse>(operation, cancellation);
        session.Status.WriteLine($"Deployed a model to the endpoint [{full}]. Id of the deployed model: {deployed.DeployedModel?.Id}.");
        session.Print(deployed);
        return ExitCode.Ok;
    }
}
