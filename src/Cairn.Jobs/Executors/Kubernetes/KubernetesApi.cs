using System.Net;
using System.Text.Json;
using Cairn.Kernel.Errors;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What is asked of the cluster's API, and what its refusals and silences mean.</summary>
internal sealed class KubernetesApi(JobsOptions options) : IDisposable
{
    /// <summary>How long a watch goes on before everything is listed anew, in seconds.</summary>
    public const int WatchSeconds = 300;

    private readonly Lock _gate = new();
    private k8s.Kubernetes? _client;
    private string _namespace = "";

    /// <summary>The namespace of what is made: the option's, else the configuration's, else <c>default</c>.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION: no configuration can be read.</exception>
    public string Namespace
    {
        get
        {
            Open();
            return _namespace;
        }
    }

    /// <summary>Makes a Service; one that is there already stays as it is.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: it refuses.</exception>
    public Task CreateAsync(V1Service service, CancellationToken cancellation) =>
        CallAsync(client => client.CoreV1.CreateNamespacedServiceAsync(service, _namespace, cancellationToken: cancellation), cancellation);

    /// <summary>Makes a Job; one that is there already stays as it is.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public Task CreateAsync(V1Job job, CancellationToken cancellation) =>
        CallAsync(client => client.BatchV1.CreateNamespacedJobAsync(job, _namespace, cancellationToken: cancellation), cancellation);

    /// <summary>Deletes a Job and its pods; one that is not there is no error.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public Task DeleteJobAsync(string name, CancellationToken cancellation) =>
        CallAsync(
            client =>
                client.BatchV1.DeleteNamespacedJobAsync(name, _namespace, propagationPolicy: "Background", cancellationToken: cancellation),
            cancellation
        );

    /// <summary>Deletes a Service; one that is not there is no error.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public Task DeleteServiceAsync(string name, CancellationToken cancellation) =>
        CallAsync(client => client.CoreV1.DeleteNamespacedServiceAsync(name, _namespace, cancellationToken: cancellation), cancellation);

    /// <summary>A Job, or null where there is none of the name.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public Task<V1Job?> FindJobAsync(string name, CancellationToken cancellation) =>
        CallAsync(client => client.BatchV1.ReadNamespacedJobAsync(name, _namespace, cancellationToken: cancellation), cancellation);

    /// <summary>All Jobs and pods that this program has made.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public async Task<(V1JobList Jobs, V1PodList Pods)> ListAsync(CancellationToken cancellation)
    {
        const string selector = KubernetesManifest.Selector;
        var jobs = await CallAsync(
            client => client.BatchV1.ListNamespacedJobAsync(_namespace, labelSelector: selector, cancellationToken: cancellation),
            cancellation
        );
        var pods = await CallAsync(
            client => client.CoreV1.ListNamespacedPodAsync(_namespace, labelSelector: selector, cancellationToken: cancellation),
            cancellation
        );
        return jobs is null || pods is null
            ? throw StatusException.FailedPrecondition($"Kubernetes has no Jobs or pods in the namespace '{_namespace}'.")
            : (jobs, pods);
    }

    /// <summary>What happens to Jobs after a list, until the cluster or the token ends it.</summary>
    public IAsyncEnumerable<(WatchEventType Type, V1Job Item)> WatchJobs(V1JobList from, Action lost, CancellationToken cancellation) =>
        Open()
            .BatchV1.WatchListNamespacedJobAsync(
                _namespace,
                labelSelector: KubernetesManifest.Selector,
                resourceVersion: from.ResourceVersion(),
                timeoutSeconds: WatchSeconds,
                onError: _ => lost(),
                cancellationToken: cancellation
            );

    /// <inheritdoc cref="WatchJobs"/>
    public IAsyncEnumerable<(WatchEventType Type, V1Pod Item)> WatchPods(V1PodList from, Action lost, CancellationToken cancellation) =>
        Open()
            .CoreV1.WatchListNamespacedPodAsync(
                _namespace,
                labelSelector: KubernetesManifest.Selector,
                resourceVersion: from.ResourceVersion(),
                timeoutSeconds: WatchSeconds,
                onError: _ => lost(),
                cancellationToken: cancellation
            );

    public void Dispose() => _client?.Dispose();

    private k8s.Kubernetes Open()
    {
        lock (_gate)
        {
            if (_client is null)
            {
                var configuration = ClusterConfiguration.Read(options.Kubernetes);
                _namespace = options.Kubernetes.Namespace ?? configuration.Namespace ?? "default";
                _client = new k8s.Kubernetes(configuration);
            }

            return _client;
        }
    }

    /// <summary>Makes a call; null where what it names is not there, or is there already.</summary>
    private async Task<T?> CallAsync<T>(Func<k8s.Kubernetes, Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await call(Open());
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound && IsOfItem(e))
        {
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict && Said(e).Reason == "AlreadyExists")
        {
            return null;
        }
        catch (HttpOperationException e)
        {
            var sentence = Said(e).Message;
            throw e.Response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            || (int)e.Response.StatusCode >= 500
                ? new ExecutorAwayException($"The Kubernetes cluster does not answer: {sentence}")
                : StatusException.FailedPrecondition($"Kubernetes refuses: {sentence}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ExecutorAwayException($"The Kubernetes cluster does not answer: {e.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ExecutorAwayException("The Kubernetes cluster has not answered in time.");
        }
    }

    /// <summary>Whether one thing was asked for: a namespace that does not exist is said by name too, and is no thing of ours.</summary>
    private static bool IsOfItem(HttpOperationException e) => Said(e).Kind is not (null or "namespaces");

    private static (string Message, string? Reason, string? Kind) Said(HttpOperationException e)
    {
        try
        {
            if (KubernetesJson.Deserialize<V1Status>(e.Response.Content) is { Message.Length: > 0 } status)
            {
                return (status.Message, status.Reason, status.Details?.Kind);
            }
        }
        catch (Exception unread) when (unread is JsonException or ArgumentException)
        {
            // Something between here and the cluster answered.
        }

        var code = (int)e.Response.StatusCode;
        return ($"{code} {e.Response.ReasonPhrase}. {e.Response.Content}".Trim(), null, null);
    }
}
