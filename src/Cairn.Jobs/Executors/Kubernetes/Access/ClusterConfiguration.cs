using System.Net;
using Cairn.Kernel.Errors;
using k8s;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// Where the cluster is and as whom it is called: the file of <c>--kubernetes-config</c>, else those that <c>KUBECONFIG</c> names, else
/// <c>~/.kube/config</c>, else, in a pod, its service account.
/// </summary>
internal static class ClusterConfiguration
{
    /// <summary>Why no cluster can be called, as a sentence; null where one is named.</summary>
    public static string? Obstacle(KubernetesOptions options)
    {
        if (options.Config is { } file)
        {
            return File.Exists(file) ? null : $"The file '{file}' of --kubernetes-config does not exist.";
        }

        if (KubeconfigFiles.Of(options).Count > 0)
        {
            return null;
        }

        if (!KubernetesClientConfiguration.IsInCluster())
        {
            var named = KubeconfigFiles.Entries(Environment.GetEnvironmentVariable(KubeconfigFiles.Variable));
            return named.Count > 0
                ? $"{KubeconfigFiles.Variable} names {string.Join(" and ", named)}, and there is no such file."
                : "No Kubernetes cluster is named: give a kubeconfig with --kubernetes-config or KUBECONFIG, or run the server in a pod with a "
                    + "service account.";
        }

        return options.Context is { } context
            ? $"--kubernetes-context is '{context}', and there is no kubeconfig that could have it: the server runs in a pod, whose cluster is "
                + "the one."
            : null;
    }

    /// <exception cref="StatusException">FAILED_PRECONDITION: none can be read, or something in it cannot be honoured.</exception>
    /// <exception cref="ExecutorAwayException">The program that has the credentials gives none.</exception>
    public static async Task<ClusterAccess> ReadAsync(KubernetesOptions options, TimeProvider time, CancellationToken cancellation)
    {
        if (Obstacle(options) is { } obstacle)
        {
            throw StatusException.FailedPrecondition(obstacle);
        }

        var kubeconfig = Kubeconfig.Read(KubeconfigFiles.Of(options));
        var mayBePod = options is { Config: null, Context: null };
        if (kubeconfig.IsEmpty && mayBePod && KubernetesClientConfiguration.IsInCluster())
        {
            var pod = KubernetesClientConfiguration.InClusterConfig();
            pod.Namespace = pod.Namespace?.Trim();
            return new ClusterAccess(pod);
        }

        var context = kubeconfig.Context(options.Context).Knowing("cluster", "user", "namespace", "extensions");
        var cluster = kubeconfig.Cluster(context.Text("cluster") ?? throw context.Refusal("names no cluster."));
        var configuration = new KubernetesClientConfiguration { Namespace = context.Text("namespace") };
        var proxy = SetCluster(configuration, cluster);
        configuration.FirstMessageHandlerSetup = handler =>
        {
            if (proxy is not null)
            {
                handler.Proxy = proxy;
            }
        };

        // A context without a user, and a user without credentials, call as anonymous: a proxy on this machine needs no more.
        return context.Text("user") is { } user
            ? await ClusterUser.SetAsync(configuration, kubeconfig.User(user), cluster, time, cancellation)
            : new ClusterAccess(configuration);
    }

    /// <returns>The proxy that the cluster is reached through; null where none is named.</returns>
    private static WebProxy? SetCluster(KubernetesClientConfiguration configuration, KubeconfigEntry cluster)
    {
        _ = cluster.Knowing(
            "server",
            "tls-server-name",
            "insecure-skip-tls-verify",
            "certificate-authority",
            "certificate-authority-data",
            "proxy-url",
            "disable-compression",
            "api-version",
            "extensions"
        );
        var server = cluster.Text("server") ?? throw cluster.Refusal("has no server.");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw cluster.Refusal($"has '{server}' as its server: say https:// and a host.");
        }

        configuration.Host = (
            IPAddress.TryParse(uri.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                // Of a server that listens on all addresses: this machine's.
                ? new UriBuilder(uri) { Host = "localhost" }.Uri
                : uri
        ).AbsoluteUri;
        configuration.SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify");
        configuration.TlsServerName = cluster.Text("tls-server-name");
        configuration.SslCaCerts = KubeconfigPem.Authorities(cluster);
        return cluster.Text("proxy-url") is { } proxy ? Proxy(cluster, proxy) : null;
    }

    private static WebProxy Proxy(KubeconfigEntry cluster, string proxy)
    {
        if (
            !Uri.TryCreate(proxy, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5")
        )
        {
            throw cluster.Refusal($"has '{proxy}' as its proxy-url: say http://, https:// or socks5:// and a host.");
        }

        var through = new WebProxy(uri);
        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var password])
        {
            through.Credentials = new NetworkCredential(
                Uri.UnescapeDataString(name),
                Uri.UnescapeDataString(password.FirstOrDefault() ?? "")
            );
        }

        return through;
    }
}
