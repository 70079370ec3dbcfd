using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Endpoints;

internal static class EndpointsNoun
{
    public const string Collection = "endpoints";

    public static Noun Create() =>
        new(
            "endpoints",
            "Where models answer predictions.",
            new CreateEndpoint(),
            new ListVerb<ListEndpointsResponse, Endpoint>(
                "List endpoints.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.Endpoints, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("DEPLOYED", "deployedModels.0.displayName"),
                    new("TRAFFIC", "trafficSplit"),
                    new("UPDATED", "updateTime"),
                ]
            ),
            new DescribeVerb<Endpoint>("endpoint", Collection),
            new UpdateEndpoint(),
            new DeployModel(),
            new UndeployModel(),
            new Predict(),
            new RawPredict(),
            new DeleteVerb("endpoint", Collection)
        );
}
