using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>
/// Told of deployments by the serving capability, inside the transaction that makes the change. Being part of a transaction, it may be
/// called more than once for one change.
/// </summary>
public interface IDeploymentObserver
{
    /// <summary>A version of a model was deployed to an endpoint.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="endpoint">The endpoint, with the deployed model.</param>
    /// <param name="deployed">The deployed model, with its version.</param>
    void Deployed(ISqlSession session, Endpoint endpoint, DeployedModel deployed);

    /// <summary>It was taken away.</summary>
    void Undeployed(ISqlSession session, Endpoint endpoint, DeployedModel deployed);

    /// <summary>An endpoint has other fields than before, perhaps another display name.</summary>
    void EndpointChanged(ISqlSession session, Endpoint endpoint);

    /// <summary>An endpoint was deleted.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="endpoint">Its name.</param>
    void EndpointRemoved(ISqlSession session, string endpoint);
}
