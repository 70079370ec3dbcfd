namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>How this server's jobs become Jobs of a Kubernetes cluster.</summary>
public sealed record KubernetesOptions
{
    /// <summary>
    /// The kubeconfig that tells the cluster and the rights to it. Where null, <c>KUBECONFIG</c> and <c>~/.kube/config</c> are looked at,
    /// and then the service account of the pod that the server runs in.
    /// </summary>
    public string? Config { get; init; }

    /// <summary>The namespace of what is made; the context's own where null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The kubeconfig's context; its current one where null.</summary>
    public string? Context { get; init; }

    /// <summary>The image that has a self-contained <c>cairn</c> in <c>/opt/cairn</c>, and a <c>cp</c>.</summary>
    public string? AgentImage { get; init; }

    /// <summary>The ReadWriteMany claim that the server's data folder is on.</summary>
    public string? Volume { get; init; }

    /// <summary>Where on that volume the data folder is: empty where it is its root.</summary>
    public string VolumePath { get; init; } = "";

    /// <summary>The service account of pods; they get no token of it.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Secrets with which images are pulled.</summary>
    public IReadOnlyList<string> PullSecrets { get; init; } = [];

    /// <summary>Labels of nodes that pods are restricted to.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>The queue of Kueue that admits Jobs; none where null.</summary>
    public string? Queue { get; init; }

    /// <summary>What a GPU is called among resources.</summary>
    public string GpuResource { get; init; } = "nvidia.com/gpu";
}
