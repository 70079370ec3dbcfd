using k8s;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What was last heard of Jobs and their pods.</summary>
internal sealed class ClusterPicture
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KubernetesPool> _pools = [];
    private readonly Dictionary<string, PodTrouble> _troubles = [];

    /// <summary>What is known of a worker pool by its Job's name; null where no such Job was heard of.</summary>
    public KubernetesPool? Find(string job)
    {
        lock (_gate)
        {
            return _pools.TryGetValue(job, out var pool)
                ? pool with
                {
                    Trouble = _troubles.Values.FirstOrDefault(trouble => trouble.Job == job)?.Loss,
                }
                : null;
        }
    }

    /// <summary>Takes lists in place of all that was known.</summary>
    public void Replace(IReadOnlyList<V1Job> jobs, IReadOnlyList<V1Pod> pods)
    {
        lock (_gate)
        {
            _pools.Clear();
            _troubles.Clear();
            foreach (var job in jobs)
            {
                Note(WatchEventType.Added, job);
            }

            foreach (var pod in pods)
            {
                Note(WatchEventType.Added, pod);
            }
        }
    }

    public void Note(WatchEventType type, V1Job job)
    {
        lock (_gate)
        {
            switch (type)
            {
                case WatchEventType.Added or WatchEventType.Modified:
                    _pools[job.Name()] = KubernetesPool.Of(job);
                    break;
                case WatchEventType.Deleted:
                    _pools.Remove(job.Name());
                    break;
            }
        }
    }

    public void Note(WatchEventType type, V1Pod pod)
    {
        lock (_gate)
        {
            switch (type)
            {
                case WatchEventType.Added or WatchEventType.Modified when PodTrouble.Of(pod) is { } trouble:
                    _troubles[pod.Name()] = trouble;
                    break;
                case WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted:
                    // What becomes of a pod that is taken away, its Job says.
                    _troubles.Remove(pod.Name());
                    break;
            }
        }
    }
}
