using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Endpoints;

/// <summary>How many replicas a deployed model asks for.</summary>
public static class Replicas
{
    /// <summary>The least and the most; where nothing is said, 1 and the same as the least.</summary>
    public static (int Min, int Max) Of(DeployedModel deployed)
    {
        var (min, max) = deployed.PredictionResourcesCase switch
        {
            DeployedModel.PredictionResourcesOneofCase.DedicatedResources => (
                deployed.DedicatedResources.MinReplicaCount,
                deployed.DedicatedResources.MaxReplicaCount
            ),
            DeployedModel.PredictionResourcesOneofCase.AutomaticResources => (
                deployed.AutomaticResources.MinReplicaCount,
                deployed.AutomaticResources.MaxReplicaCount
            ),
            _ => (0, 0),
        };
        min = Math.Max(1, min);
        return (min, Math.Max(min, max));
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where a number is negative, or the most is less than the least.</exception>
    public static void Require(DeployedModel deployed)
    {
        var (min, max) = deployed.PredictionResourcesCase switch
        {
            DeployedModel.PredictionResourcesOneofCase.DedicatedResources => (
                deployed.DedicatedResources.MinReplicaCount,
                deployed.DedicatedResources.MaxReplicaCount
            ),
            DeployedModel.PredictionResourcesOneofCase.AutomaticResources => (
                deployed.AutomaticResources.MinReplicaCount,
                deployed.AutomaticResources.MaxReplicaCount
            ),
            _ => (0, 0),
        };
        if (min < 0 || max < 0 || (max > 0 && max < min))
        {
            throw StatusException.InvalidArgument(
                $"`min_replica_count` is {min} and `max_replica_count` is {max}; neither may be negative, and the second may not be less than the first."
            );
        }
    }
}
