using k8s;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// How connections to the cluster are kept: one whose other end has vanished is noticed, and no answer is waited for without end.
/// </summary>
internal static class ClusterConnection
{
    /// <summary>How long an answer is waited for. A watch, which goes on, has a limit of its own.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingAnswer = TimeSpan.FromSeconds(10);

    public static void Set(KubernetesClientConfiguration configuration)
    {
        configuration.HttpClientTimeout = Answer;
        configuration.FirstMessageHandlerSetup += static handler =>
        {
            handler.ConnectTimeout = Connect;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.KeepAlivePingDelay = PingAfter;
            handler.KeepAlivePingTimeout = PingAnswer;
        };
    }
}
