using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>The program <c>kubectl</c>, which knows the cluster and has the right to it.</summary>
internal sealed class Kubectl(JobsOptions options)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What kubectl says where the cluster cannot be reached just now.</summary>
    private static readonly string[] Away =
    [
        "connection refused",
        "Unable to connect to the server",
        "i/o timeout",
        "TLS handshake timeout",
        "connection reset",
        "no route to host",
        "ServiceUnavailable",
        "etcdserver",
        "Too Many Requests",
        "the server is currently unable",
        "context deadline exceeded",
        "unexpected EOF",
        "InternalError",
    ];

    public string? File => options.Kubernetes.Kubectl ?? HostTools.Find("kubectl");

    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: it refuses.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var file = File ?? throw StatusException.FailedPrecondition("The program 'kubectl' is not on this machine.");
        var environment = new Dictionary<string, string>(HostTools.Environment);

        // What tells kubectl its cluster: a file, or, in a pod, the cluster's own variables.
        foreach (var name in (string[])["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        List<string> own = ["--request-timeout=30s"];
        own.AddRange(options.Kubernetes.Context is { } context ? [$"--context={context}"] : []);
        own.AddRange(options.Kubernetes.Namespace is { } space ? [$"--namespace={space}"] : []);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        ToolResult result;
        try
        {
            result = await HostTools.RunAsync(file, [.. own, .. arguments], environment, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ExecutorAwayException($"kubectl has not answered for {Limit.TotalSeconds:0} s.");
        }

        if (result.ExitCode == 0)
        {
            return result.Output;
        }

        throw Away.Any(sign => result.Complaint.Contains(sign, StringComparison.OrdinalIgnoreCase))
            ? new ExecutorAwayException($"The Kubernetes cluster does not answer: {result.Complaint}")
            : StatusException.FailedPrecondition($"Kubernetes refuses: {result.Complaint}");
    }
}
