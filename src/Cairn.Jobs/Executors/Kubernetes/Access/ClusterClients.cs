using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// The client that calls the cluster: made when it is first asked for, and anew when its credentials end or are not accepted any more. It
/// is made on a task of its own, which nobody's cancellation ends, because a program that has the credentials may take its time.
/// </summary>
internal sealed class ClusterClients(KubernetesOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Between two makings, where the one before did not help.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>How long before their end credentials are asked for anew.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Making? _current;
    private DateTimeOffset _begun = DateTimeOffset.MinValue;

    /// <summary>The client of now, which the caller disposes.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION: no configuration can be read.</exception>
    /// <exception cref="ExecutorAwayException">The program that has the credentials gives none.</exception>
    public async Task<ClusterClient> HoldAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Making current;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
                if (_current is null || (IsSpent(_current) && IsRested))
                {
                    Replace();
                }

                current = _current!;
            }

            var client = await current.Task.WaitAsync(cancellation);
            if (client.TryHold())
            {
                return client;
            }
        }
    }

    /// <summary>
    /// Has the configuration read anew, because a client's credentials were not accepted; for all who hold it, once. Soon after it has been
    /// read it is not read again.
    /// </summary>
    public void Renew(ClusterClient refused)
    {
        lock (_gate)
        {
            if (_current?.Client == refused && IsRested)
            {
                Replace();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_stop.IsCancellationRequested)
            {
                _stop.Cancel();
                _current?.Client?.Dispose();
            }
        }
    }

    private bool IsRested => time.GetUtcNow() - _begun >= Rest;

    private bool IsSpent(Making made) => made.Task.IsFaulted || made.Task.IsCanceled || made.Client?.Expires - Margin <= time.GetUtcNow();

    private void Replace()
    {
        _current?.Client?.Dispose();
        _begun = _current is null ? DateTimeOffset.MinValue : time.GetUtcNow();
        var making = new Making();
        making.Task = Task.Run(() => MakeAsync(making, _stop.Token), CancellationToken.None);
        _current = making;
    }

    private async Task<ClusterClient> MakeAsync(Making making, CancellationToken cancellation)
    {
        var client = await MakeAsync(cancellation);
        lock (_gate)
        {
            if (_current == making && !_stop.IsCancellationRequested)
            {
                making.Client = client;
            }
            else
            {
                client.Dispose();
            }
        }

        return client;
    }

    private async Task<ClusterClient> MakeAsync(CancellationToken cancellation)
    {
        try
        {
            var access = await ClusterConfiguration.ReadAsync(options, time, cancellation);
            ClusterConnection.Set(access.Configuration);
            DelegatingHandler[] handlers = access.Impersonated is { } impersonated
                ? [new WholeAnswers(), impersonated]
                : [new WholeAnswers()];
            return new ClusterClient(
                new k8s.Kubernetes(access.Configuration, handlers),
                options.Namespace ?? access.Configuration.Namespace ?? "default",
                access.Expires
            );
        }
        catch (Exception e) when (e is not (StatusException or ExecutorAwayException or OperationCanceledException))
        {
            throw StatusException.FailedPrecondition(
                $"The kubeconfig, or the pod's service account, cannot be used: {e.GetBaseException().Message}"
            );
        }
    }

    /// <summary>A client that is being made, or was.</summary>
    private sealed class Making
    {
        public Task<ClusterClient> Task { get; set; } = null!;

        /// <summary>The one that was made, until it is let go.</summary>
        public ClusterClient? Client { get; set; }
    }
}
