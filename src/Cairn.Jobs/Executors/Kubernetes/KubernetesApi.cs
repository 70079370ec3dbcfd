using System.Net;
using System.Runtime.CompilerServices;
using Cairn.Jobs.Executors.Kubernetes.Access;
using Cairn.Kernel.Errors;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What is asked of the cluster's API.</summary>
internal sealed class KubernetesApi(JobsOptions options, TimeProvider time, ClusterStanding standing) : IDisposable
{
    /// <summary>How long a watch goes on before everything is listed anew, in seconds: so long may it be dead unnoticed.</summary>
    public const int WatchSeconds = 60;

    /// <summary>The most that is listed at once.</summary>
    private const int PageSize = 500;

    /// <summary>How long all pages of a list may take.</summary>
    private static readonly TimeSpan ListLimit = TimeSpan.FromMinutes(2);

    private readonly ClusterClients _clients = new(options.Kubernetes, time);

    /// <summary>Where what is made is made.</summary>
    /// <exception cref="ExecutorAwayException">The credentials cannot be had now.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: no configuration can be read.</exception>
    public async Task<SubmissionPlace> PlaceAsync(CancellationToken cancellation)
    {
        const string what = "Preparing to call Kubernetes";
        try
        {
            using var client = await _clients.HoldAsync(cancellation);
            standing.Well(what);
            return new SubmissionPlace(client.Native.BaseUri.AbsoluteUri, client.Namespace);
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException)
        {
            standing.Away(what, e.Message);
            throw;
        }
    }

    /// <summary>Makes a Service; one that is there already stays as it is.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: it refuses.</exception>
    public Task CreateAsync(V1Service service, CancellationToken cancellation) =>
        CreateAsync(
            "Creating Services of Kubernetes",
            client => client.Native.CoreV1.CreateNamespacedServiceAsync(service, client.Namespace, cancellationToken: cancellation),
            cancellation
        );

    /// <summary>Makes a Job; one that is there already stays as it is.</summary>
    /// <inheritdoc cref="CreateAsync(V1Service, CancellationToken)"/>
    public Task CreateAsync(V1Job job, CancellationToken cancellation) =>
        CreateAsync(
            "Creating Jobs of Kubernetes",
            client => client.Native.BatchV1.CreateNamespacedJobAsync(job, client.Namespace, cancellationToken: cancellation),
            cancellation
        );

    /// <summary>Deletes a Job and its pods; one that is not there is no error.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer, or refuses.</exception>
    public Task DeleteJobAsync(string name, CancellationToken cancellation) =>
        AskAsync(
            "Deleting Jobs of Kubernetes",
            client =>
                client.Native.BatchV1.DeleteNamespacedJobAsync(
                    name,
                    client.Namespace,
                    propagationPolicy: "Background",
                    cancellationToken: cancellation
                ),
            cancellation
        );

    /// <summary>Deletes a Service; one that is not there is no error.</summary>
    /// <inheritdoc cref="DeleteJobAsync"/>
    public Task DeleteServiceAsync(string name, CancellationToken cancellation) =>
        AskAsync(
            "Deleting Services of Kubernetes",
            client => client.Native.CoreV1.DeleteNamespacedServiceAsync(name, client.Namespace, cancellationToken: cancellation),
            cancellation
        );

    /// <summary>A Job, or null where there is none of the name.</summary>
    /// <inheritdoc cref="DeleteJobAsync"/>
    public Task<V1Job?> FindJobAsync(string name, CancellationToken cancellation) =>
        AskAsync(
            "Reading Jobs of Kubernetes",
            client => client.Native.BatchV1.ReadNamespacedJobAsync(name, client.Namespace, cancellationToken: cancellation),
            cancellation
        );

    /// <summary>All Jobs and pods that this program has made, and the versions that watches go on from.</summary>
    /// <inheritdoc cref="DeleteJobAsync"/>
    public async Task<(ClusterList<V1Job> Jobs, ClusterList<V1Pod> Pods)> ListAsync(CancellationToken cancellation)
    {
        using var clock = new CancellationTokenSource(ListLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        var end = limit.Token;
        const string selector = KubernetesManifest.Selector;
        var jobs = await ClusterList<V1Job>.ReadAsync(page =>
            AskAsync(
                "Listing Jobs of Kubernetes",
                client =>
                    client.Native.BatchV1.ListNamespacedJobAsync(
                        client.Namespace,
                        labelSelector: selector,
                        limit: PageSize,
                        continueParameter: page,
                        cancellationToken: end
                    ),
                cancellation
            )
        );
        var pods = await ClusterList<V1Pod>.ReadAsync(page =>
            AskAsync(
                "Listing pods of Kubernetes",
                client =>
                    client.Native.CoreV1.ListNamespacedPodAsync(
                        client.Namespace,
                        labelSelector: selector,
                        limit: PageSize,
                        continueParameter: page,
                        cancellationToken: end
                    ),
                cancellation
            )
        );
        return (jobs, pods);
    }

    /// <summary>What happens to Jobs after a list, until the cluster or the token ends it.</summary>
    /// <param name="version">The list's.</param>
    /// <param name="lost">Told what went wrong where events may have been missed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<(WatchEventType Type, V1Job Item)> WatchJobsAsync(
        string? version,
        Action<Exception> lost,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var client = await _clients.HoldAsync(cancellation);
        await foreach (
            var change in client.Native.BatchV1.WatchListNamespacedJobAsync(
                client.Namespace,
                labelSelector: KubernetesManifest.Selector,
                resourceVersion: version,
                timeoutSeconds: WatchSeconds,
                onError: lost,
                cancellationToken: cancellation
            )
        )
        {
            yield return change;
        }
    }

    /// <inheritdoc cref="WatchJobsAsync"/>
    public async IAsyncEnumerable<(WatchEventType Type, V1Pod Item)> WatchPodsAsync(
        string? version,
        Action<Exception> lost,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var client = await _clients.HoldAsync(cancellation);
        await foreach (
            var change in client.Native.CoreV1.WatchListNamespacedPodAsync(
                client.Namespace,
                labelSelector: KubernetesManifest.Selector,
                resourceVersion: version,
                timeoutSeconds: WatchSeconds,
                onError: lost,
                cancellationToken: cancellation
            )
        )
        {
            yield return change;
        }
    }

    public void Dispose() => _clients.Dispose();

    /// <summary>Makes a thing. A refusal is the job's that wants it.</summary>
    private async Task CreateAsync<T>(string what, Func<ClusterClient, Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            await CallAsync(what, call, cancellation);
        }
        catch (HttpOperationException e) when (ClusterFailure.IsThere(e))
        {
            standing.Well(what);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            var failure = ClusterFailure.Of(e);
            if (failure is ExecutorAwayException)
            {
                standing.Away(what, failure.Message);
            }

            throw failure;
        }
    }

    /// <summary>
    /// Reads or deletes; null where what it names is not there. A refusal says nothing of any job, so it counts as no answer.
    /// </summary>
    private async Task<T?> AskAsync<T>(string what, Func<ClusterClient, Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await CallAsync(what, call, cancellation);
        }
        catch (HttpOperationException e) when (ClusterFailure.IsGone(e))
        {
            standing.Well(what);
            return null;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            var failure = ClusterFailure.Of(e);
            standing.Away(what, failure.Message);
            throw failure as ExecutorAwayException ?? new ExecutorAwayException(failure.Message);
        }
    }

    /// <summary>Makes a call; where the credentials are not accepted, once more with what the configuration says now.</summary>
    private async Task<T> CallAsync<T>(string what, Func<ClusterClient, Task<T>> call, CancellationToken cancellation)
    {
        using (var client = await _clients.HoldAsync(cancellation))
        {
            try
            {
                var answer = await call(client);
                standing.Well(what);
                return answer;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Unauthorized)
            {
                _clients.Renew(client);
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
            {
                // Its authority may have been renewed too; the next call finds what the configuration says by then.
                _clients.Renew(client);
                throw;
            }
        }

        using var renewed = await _clients.HoldAsync(cancellation);
        var second = await call(renewed);
        standing.Well(what);
        return second;
    }
}
