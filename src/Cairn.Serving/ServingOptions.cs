namespace Cairn.Serving;

/// <summary>Limits and places of the serving capability.</summary>
public sealed record ServingOptions
{
    /// <summary>The most instances that one request may hold.</summary>
    public int MaxInstances { get; init; } = 10_000;

    /// <summary>The largest body of a raw prediction, request or reply, in bytes.</summary>
    public int MaxRawBytes { get; init; } = 10 << 20;

    /// <summary>
    /// How long a predictor may work on one request, where the endpoint sets no <c>client_connection_config.inference_timeout</c>.
    /// </summary>
    public TimeSpan PredictionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a predictor may take to load its model, where <c>container_spec.deployment_timeout</c> is not set.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>
    /// Replicas where <c>max_replica_count</c> is not set; and the most that one server starts for a deployed model whatever is asked.
    /// </summary>
    public int MaxReplicas { get; init; } = 8;

    /// <summary>Replicas above the least number stop after this long without a request.</summary>
    public TimeSpan IdleReplica { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How soon another server's change of an endpoint is seen here.</summary>
    public TimeSpan RevisionInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether workers that load models are kept in bubblewrap. Loading a pickle runs what is in it, so nothing else is done unless it is
    /// asked for.
    /// </summary>
    public SandboxMode Sandbox { get; init; } = SandboxMode.Required;

    /// <summary>Folders outside the system that workers may read, besides that of their interpreter.</summary>
    public IReadOnlyList<string> ReadablePaths { get; init; } = [];

    /// <summary>The folder of the Python predictor.</summary>
    public string PythonFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "python", "cairn_predictor");

    /// <summary>The folder of the predictor in R.</summary>
    public string RFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "r");

    /// <summary>Threads that one operator of an ONNX model may use.</summary>
    public int OnnxThreads { get; init; } = 1;
}
