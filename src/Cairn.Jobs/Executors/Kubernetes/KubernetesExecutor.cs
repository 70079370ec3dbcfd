using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Jobs.Executors.Kubernetes.Access;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using k8s;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// Pods of a Kubernetes cluster, which see a gang's folder through a shared volume. What a gang consists of has names made of the task's
/// and the attempt's, so that making it twice makes it once, and a server that was restarted finds it.
/// </summary>
internal sealed class KubernetesExecutor(
    KubernetesApi api,
    KubernetesCluster cluster,
    ClusterStanding standing,
    ServerEnvironment server,
    JobsOptions options,
    TimeProvider time
) : IExecutor
{
    public string Name => "kubernetes";

    public string? Obstacle() =>
        options.Kubernetes.AgentImage is null ? "Kubernetes needs --kubernetes-agent-image: the image that brings the agent into pods."
        : options.Kubernetes.Volume is null
            ? "Kubernetes needs --kubernetes-volume: the claim of the volume that the server's data folder is on."
        : options.Endpoint is null ? "Kubernetes needs --job-endpoint: the URL at which pods reach this server."
        : ClusterConfiguration.Obstacle(options.Kubernetes);

    public async Task StartAsync(Gang gang, CancellationToken cancellation)
    {
        if (File.Exists(SubmissionFile(gang)) || gang.Replicas.All(static replica => replica.Directory.StopRequested))
        {
            return;
        }

        if (Obstacle() is { } obstacle)
        {
            throw StatusException.FailedPrecondition(obstacle);
        }

        // What is there already stays as it is, so that this may be repeated where it was cut short. What is made before something is
        // refused is found by what was written first, and taken away.
        var place = await api.PlaceAsync(cancellation);
        Demand(gang, place);
        place.Write(gang);
        var manifest = KubernetesManifest.Of(gang, server.DataDirectory, options, place.Namespace);
        await api.CreateAsync(Read<V1Service>(manifest[0]), cancellation);
        foreach (var job in manifest.Skip(1))
        {
            await api.CreateAsync(Read<V1Job>(job), cancellation);
        }

        DurableFile.Write(SubmissionFile(gang), Encoding.UTF8.GetBytes(time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
    }

    public async Task<IReadOnlyList<AttemptStatus>> ObserveAsync(Gang gang, CancellationToken cancellation)
    {
        if (!File.Exists(SubmissionFile(gang)) || gang.Replicas.All(static replica => replica.Directory.ReadExit() is not null))
        {
            return [.. gang.Replicas.Select(static replica => Status(replica, null, AttemptState.NotStarted))];
        }

        Demand(gang, await HereAsync(cancellation));
        var pools = new Dictionary<int, KubernetesPool?>();
        foreach (var pool in gang.Replicas.Select(static replica => replica.Record.Place.Pool).Distinct())
        {
            pools[pool] = await cluster.PoolAsync(KubernetesManifest.JobName(gang, pool), cancellation);
        }

        return
        [
            .. gang.Replicas.Select(replica =>
                pools[replica.Record.Place.Pool] is { } pool
                    ? Status(replica, pool.IsOver ? pool.Loss(replica.Record.Replica) : null, AttemptState.Waiting)
                    : Status(
                        replica,
                        new AttemptLoss($"The replica {replica.Record.Replica} was lost: its Job was deleted in Kubernetes."),
                        AttemptState.Waiting
                    )
            ),
        ];
    }

    public async Task KillAsync(Gang gang, CancellationToken cancellation)
    {
        Demand(gang, await HereAsync(cancellation));
        foreach (var pool in gang.Replicas.Select(static replica => replica.Record.Place.Pool).Distinct())
        {
            await api.DeleteJobAsync(KubernetesManifest.JobName(gang, pool), cancellation);
        }

        await api.DeleteServiceAsync(KubernetesManifest.Name(gang), cancellation);
    }

    public Task CleanAsync(Gang gang, CancellationToken cancellation) =>
        SubmissionPlace.Exists(gang) || File.Exists(SubmissionFile(gang)) ? KillAsync(gang, cancellation) : Task.CompletedTask;

    /// <summary>Where things are made now. That there is no configuration says nothing of what was made.</summary>
    private async Task<SubmissionPlace> HereAsync(CancellationToken cancellation)
    {
        try
        {
            return await api.PlaceAsync(cancellation);
        }
        catch (StatusException e)
        {
            throw new ExecutorAwayException(e.Message);
        }
    }

    /// <summary>What was made elsewhere is not looked for here.</summary>
    /// <exception cref="ExecutorAwayException">The gang was made in another cluster or namespace.</exception>
    private void Demand(Gang gang, SubmissionPlace here)
    {
        if (!SubmissionPlace.Exists(gang))
        {
            return;
        }

        var made = SubmissionPlace.Of(gang);
        if (made == here)
        {
            return;
        }

        var sentence = made is null
            ? $"The folder {gang.Directory.Path} does not say any more in which cluster its job was made: nothing is concluded of it."
            : $"Jobs were made in {made}, and this server works in {here}: nothing is concluded of them until it works there again. Give it "
                + "the kubeconfig, context and namespace that it had.";
        standing.Once(sentence);
        throw new ExecutorAwayException(sentence);
    }

    private static T Read<T>(JsonObject part) => KubernetesJson.Deserialize<T>(part.ToJsonString());

    private static string SubmissionFile(Gang gang) => Path.Combine(gang.Directory.Path, "kubernetes.submitted");

    /// <param name="replica">The replica.</param>
    /// <param name="loss">Why nothing more can be expected of it; null while something can.</param>
    /// <param name="before">Its state before its agent has begun.</param>
    private static AttemptStatus Status(Replica replica, AttemptLoss? loss, AttemptState before)
    {
        var begun = File.Exists(replica.Directory.StartFile);
        return replica.Directory.ReadExit() is not null ? AttemptState.Ended
            : loss is null ? (begun ? AttemptState.Running : before)
            : !begun && replica.Directory.StopRequested ? AttemptState.NotStarted
            : new AttemptStatus(AttemptState.Lost, loss);
    }
}
