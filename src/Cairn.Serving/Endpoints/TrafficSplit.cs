using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Collections;

namespace Cairn.Serving.Endpoints;

/// <summary>The percentages of an endpoint's traffic by deployed model.</summary>
public static class TrafficSplit
{
    /// <summary>Stands for the model that is being deployed, whose number the caller does not know yet.</summary>
    public const string New = "0";

    private const int Whole = 100;

    /// <summary>Overwrites an endpoint's split, which has its deployed models already.</summary>
    /// <param name="endpoint">Changed in place.</param>
    /// <param name="split">What the caller gave; empty leaves no traffic to any.</param>
    /// <param name="newId">What <c>"0"</c> means; null where nothing is being deployed.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it does not sum to 100, or names a model that is not deployed.</exception>
    public static void Apply(Endpoint endpoint, MapField<string, int> split, string? newId)
    {
        if (newId is not null && split.ContainsKey(newId) && split.ContainsKey(New))
        {
            throw StatusException.InvalidArgument($"`traffic_split` has both '{New}' and '{newId}', which are the same deployed model.");
        }

        var sum = 0;
        var resolved = new Dictionary<string, int>();
        foreach (var (key, percent) in split)
        {
            var id = key == New && newId is not null ? newId : key;
            if (endpoint.DeployedModels.All(d => d.Id != id))
            {
                var deployed =
                    endpoint.DeployedModels.Count == 0
                        ? "no deployed model"
                        : $"the deployed models {string.Join(", ", endpoint.DeployedModels.Select(d => $"'{d.Id}'"))}";
                throw StatusException.InvalidArgument(
                    $"`traffic_split` names deployed model '{key}', which is not on endpoint '{endpoint.Name}'; it has {deployed}."
                );
            }

            if (percent is < 0 or > Whole)
            {
                throw StatusException.InvalidArgument(
                    $"`traffic_split` gives {percent} to deployed model '{key}'; a percentage lies between 0 and {Whole}."
                );
            }

            sum += percent;
            resolved[id] = percent;
        }

        if (split.Count > 0 && sum != Whole)
        {
            throw StatusException.InvalidArgument($"`traffic_split` sums to {sum}; it must sum to {Whole}.");
        }

        endpoint.TrafficSplit.Clear();
        endpoint.TrafficSplit.Add(resolved);
    }
}
