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
    private readonly Argument<string> name = ResourceArgument.For("endpoint");
    private readonly Option<string> model = new("--model") { Description = "The model's id or full name; MODEL@VERSION for one version.", Required = true };
    private readonly Option<string> displayName = new("--display-name") { Description = "What people call the deployed model.", Required = true };
    private readonly Option<string?> id = new("--deployed-model-id") { Description = "The id it gets; one is made if not given.", HelpName = "ID" };
    private readonly Option<string> machine = new("--machine-type") { Description = "The machine's type.", DefaultValueFactory = _ => "n1-standard-2" };
    private readonly Option<int> least = new("--min-replica-count") { Description = "Replicas that are always there.", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> most = new("--max-replica-count") { Description = "Replicas at most; as many as the least if not given." };
    private readonly TrafficSplitOption traffic = new();

    public DeployModel() : base("deploy-model", "Deploy a model to an endpoint; waits until it answers.")
    {
        Add(name);
        foreach (var option in (Option[])[model, displayName, id, machine, least, most, traffic])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(EndpointsNoun.Collection, parse.GetValue(name)!);
        var request = new DeployModelRequest
        {
            DeployedModel = new DeployedModel
            {
                Id = parse.GetValue(id) ?? "",
                Model = session.Name(ModelsNoun.Collection, parse.GetValue(model)!),
                DisplayName = parse.GetValue(displayName),
                DedicatedResources = new DedicatedResources
                {
                    MachineSpec = new MachineSpec { MachineType = parse.GetValue(machine) },
                    MinReplicaCount = parse.GetValue(least),
                    MaxReplicaCount = parse.GetValue(most) ?? parse.GetValue(least),
                },
            },
        };
        traffic.Apply(parse, request.TrafficSplit);
        session.Status.WriteLine("Deploying; this waits until the model answers.");
        var operation = await session.Client.PostAsync<Operation>($"/v1/{full}:deployModel", request, cancellation);
        var deployed = await session.Client.ResultAsync<DeployModelResponse>(operation, cancellation);
        session.Status.WriteLine($"Deployed a model to the endpoint [{full}]. Id of the deployed model: {deployed.DeployedModel?.Id}.");
        session.Print(deployed);
        return ExitCode.Ok;
    }
}
