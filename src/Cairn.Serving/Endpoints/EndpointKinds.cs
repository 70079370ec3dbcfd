using Cairn.Kernel.Store;

namespace Cairn.Serving.Endpoints;

/// <summary>What the serving capability stores as resources.</summary>
public static class EndpointKinds
{
    public static readonly ResourceKind Endpoint = new("Endpoint", "endpoints", Google.Cloud.AIPlatform.V1.Endpoint.Descriptor);
}
