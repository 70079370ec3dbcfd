using k8s;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>Where a cluster is and as whom it is called.</summary>
/// <param name="Configuration">What the client is made of.</param>
/// <param name="Impersonated">Adds as whom the caller acts to each request; null where as itself.</param>
/// <param name="Expires">Until when its credentials hold; null where nobody has said.</param>
internal sealed record ClusterAccess(
    KubernetesClientConfiguration Configuration,
    Impersonation? Impersonated = null,
    DateTimeOffset? Expires = null
);
