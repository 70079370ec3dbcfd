using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class UpdateEndpoint : ApiCommand
{
    private readonly Argument<string> name = ResourceArgument.For("endpoint");
    private readonly Option<string?> displayName = new("--display-name") { Description = "The new name for people." };
    private readonly Option<string?> description = new("--description") { Description = "The new description." };
    private readonly TrafficSplitOption traffic = new();
    private readonly LabelsOption labels = new() { Description = "The new labels, instead of all the old ones." };

    public UpdateEndpoint() : base("update", "Change an endpoint.")
    {
        Add(name);
        Add(displayName);
        Add(description);
        Add(traffic);
        Add(labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(EndpointsNoun.Collection, parse.GetValue(name)!);
        var endpoint = new Endpoint { Name = full };
        var mask = new List<string>();
        if (parse.GetValue(displayName) is { } newName)
        {
            endpoint.DisplayName = newName;
            mask.Add("displayName");
        }

        if (parse.GetValue(description) is { } newDescription)
        {
            endpoint.Description = newDescription;
            mask.Add("description");
        }

        if (traffic.IsGiven(parse))
        {
            traffic.Apply(parse, endpoint.TrafficSplit);
            mask.Add("trafficSplit");
        }

        if (parse.GetValue(labels) is { Length: > 0 })
        {
            labels.Apply(parse, endpoint.Labels);
            mask.Add("labels");
        }

        if (mask.Count == 0)
        {
            throw CliException.Usage("Nothing to change: give --display-name, --description, --traffic-split or --labels.");
        }

        session.Print(await session.Client.PatchAsync<Endpoint>($"/v1/{full}", endpoint, mask, cancellation));
        return ExitCode.Ok;
    }
}
