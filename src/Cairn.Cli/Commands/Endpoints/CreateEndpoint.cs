using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class CreateEndpoint : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name")
    {
        Description = "What people call the endpoint.",
        Required = true,
    };
    private readonly Option<string?> _description = new("--description") { Description = "What the endpoint is for." };
    private readonly Option<string?> _id = new("--endpoint-id")
    {
        Description = "The id it gets; one is made if not given.",
        HelpName = "ID",
    };
    private readonly LabelsOption _labels = new();

    public CreateEndpoint()
        : base("create", "Create an endpoint.")
    {
        Add(_displayName);
        Add(_description);
        Add(_id);
        Add(_labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var endpoint = new Endpoint { DisplayName = parse.GetValue(_displayName), Description = parse.GetValue(_description) ?? "" };
        _labels.Apply(parse, endpoint.Labels);
        var query = parse.GetValue(_id) is { } given ? $"?endpointId={Uri.EscapeDataString(given)}" : "";
        var operation = await session.Client.PostAsync<Operation>(
            $"/v1/{session.Parent}/{EndpointsNoun.Collection}{query}",
            endpoint,
            cancellation
        );
        var created = await session.Client.ResultAsync<Endpoint>(operation, cancellation);
        session.Status.WriteLine($"Created endpoint [{created.Name}].");
        session.Print(created);
        return ExitCode.Ok;
    }
}
