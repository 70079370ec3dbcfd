using Cairn.Kernel.Errors;
using Cairn.Serving.Express;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Prediction;

/// <summary>Where the requests of an endpoint go: immutable, replaced as a whole when the endpoint changes.</summary>
public sealed class EndpointRoute
{
    private readonly string _endpoint;
    private readonly IReadOnlyList<Target> _deployed;
    private readonly Target[] _targets;
    private readonly int[] _upTo;

    public EndpointRoute(Endpoint endpoint, IReadOnlyList<Target> targets, TimeSpan timeout)
    {
        _endpoint = endpoint.Name;
        Timeout = timeout;
        _deployed = targets;
        _targets = [.. targets.Where(t => endpoint.TrafficSplit.GetValueOrDefault(t.DeployedModelId) > 0)];
        _upTo = new int[_targets.Length];
        var sum = 0;
        for (var i = 0; i < _targets.Length; i++)
        {
            sum += endpoint.TrafficSplit[_targets[i].DeployedModelId];
            _upTo[i] = sum;
        }
    }

    /// <summary>How long a predictor may work on a request.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The deployed models that receive traffic.</summary>
    public IReadOnlyList<Target> Targets => _targets;

    /// <summary>Chooses a deployed model by its share of the traffic.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where none receives any.</exception>
    public Target Pick(Random random)
    {
        if (_targets.Length == 1)
        {
            return _targets[0];
        }

        if (_targets.Length == 0)
        {
            throw StatusException.FailedPrecondition(
                _deployed.Count == 0
                    ? $"Endpoint '{_endpoint}' has no deployed model; deploy one first."
                    : $"Endpoint '{_endpoint}' has {_deployed.Count} deployed models, but its `traffic_split` is empty; update it to send them requests."
            );
        }

        var at = random.Next(_upTo[^1]);
        var index = 0;
        while (at >= _upTo[index])
        {
            index++;
        }

        return _targets[index];
    }

    /// <summary>The deployed model that the caller names, whether or not it receives traffic.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Target Find(string deployedModelId) =>
        _deployed.FirstOrDefault(target => target.DeployedModelId == deployedModelId)
        ?? throw StatusException.NotFound($"Endpoint '{_endpoint}' has no deployed model '{deployedModelId}'.");

    /// <summary>A deployed model of an endpoint, with what a reply says of it.</summary>
    public sealed record Target(string DeployedModelId, string Model, string ModelVersionId, string ModelDisplayName, PredictorEntry Entry)
    {
        private ReplyTail? _tail;

        /// <summary>The same, ready to be written.</summary>
        internal ReplyTail Tail => _tail ??= new ReplyTail(Reply());

        /// <summary>A reply without predictions.</summary>
        public PredictResponse Reply() =>
            new()
            {
                DeployedModelId = DeployedModelId,
                Model = Model,
                ModelVersionId = ModelVersionId,
                ModelDisplayName = ModelDisplayName,
            };
    }
}
