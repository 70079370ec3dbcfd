using Cairn.Cli.Commands.Verbs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class UpdateEndpoint()
    : UpdateVerb<Endpoint>(
        "endpoint",
        EndpointsNoun.Collection,
        "Change an endpoint.",
        static (endpoint, name) => endpoint.Name = name,
        Text("--display-name", "The new name for people.", "displayName", static (endpoint, text) => endpoint.DisplayName = text),
        Text("--description", "The new description.", "description", static (endpoint, text) => endpoint.Description = text),
        Traffic(),
        Labels(static endpoint => endpoint.Labels)
    )
{
    private static Field Traffic()
    {
        var traffic = new TrafficSplitOption();
        return new Field(traffic, "trafficSplit", (parse, endpoint) => traffic.Apply(parse, endpoint.TrafficSplit));
    }
}
