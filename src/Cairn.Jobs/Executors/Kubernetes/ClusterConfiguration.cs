using Cairn.Kernel.Errors;
using k8s;
using k8s.Exceptions;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// Where the cluster is and as whom it is called: the file of <c>--kubernetes-config</c>, else what <c>KUBECONFIG</c> names, else
/// <c>~/.kube/config</c>, else, in a pod, its service account.
/// </summary>
internal static class ClusterConfiguration
{
    private const string Variable = "KUBECONFIG";

    /// <summary>How long an answer is waited for. A watch, which goes on, has a limit of its own.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Why no cluster can be called, as a sentence; null where one is named.</summary>
    public static string? Obstacle(KubernetesOptions options)
    {
        if (options.Config is { } file)
        {
            return File.Exists(file) ? null : $"The file '{file}' of --kubernetes-config does not exist.";
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } files)
        {
            return files.Contains(':', StringComparison.Ordinal) && options.Context is not null
                ? $"{Variable} names several files, of which --kubernetes-context cannot choose: give the one that has the context with --kubernetes-config."
                : null;
        }

        return File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation) ? null
            : !KubernetesClientConfiguration.IsInCluster()
                ? $"No Kubernetes cluster is named: give a kubeconfig with --kubernetes-config or {Variable}, or run the server in a pod with a service account."
            : options.Context is { } context
                ? $"--kubernetes-context is '{context}', and there is no kubeconfig that could have it: the server runs in a pod, whose cluster is the one."
            : null;
    }

    /// <exception cref="StatusException">FAILED_PRECONDITION: none can be read.</exception>
    public static KubernetesClientConfiguration Read(KubernetesOptions options)
    {
        if (Obstacle(options) is { } obstacle)
        {
            throw StatusException.FailedPrecondition(obstacle);
        }

        try
        {
            var configuration = (options.Config ?? Environment.GetEnvironmentVariable(Variable)) switch
            {
                { Length: > 0 } file when options.Config is not null || !file.Contains(':', StringComparison.Ordinal) =>
                    KubernetesClientConfiguration.BuildConfigFromConfigFile(file, options.Context),
                null or "" when File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation) =>
                    KubernetesClientConfiguration.BuildConfigFromConfigFile(currentContext: options.Context),
                _ => KubernetesClientConfiguration.BuildDefaultConfig(),
            };
            configuration.HttpClientTimeout = Limit;
            return configuration;
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or YamlDotNet.Core.YamlException)
        {
            throw StatusException.FailedPrecondition($"The kubeconfig cannot be used: {e.Message}");
        }
    }
}
