using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

/// <summary>Gangs in a folder, as a server writes them.</summary>
internal static class Gangs
{
    public static Gang Write(string jobs, int[] pools, Func<TaskRecord, TaskRecord>? change = null) =>
        new GangDirectory(jobs, "4711", 2).Write(
            "kubernetes",
            [
                .. ClusterPlace
                    .All(pools)
                    .Select(place =>
                        (change ?? (static record => record))(
                            new TaskRecord
                            {
                                Task = "4711",
                                Attempt = 2,
                                Project = "p",
                                Location = "l",
                                Place = place,
                                Endpoint = "http://cairn.example.org:8080",
                                EndpointFile = Path.Combine(jobs, "endpoint"),
                                Executor = "kubernetes",
                                Launcher = "pod",
                                Cairn = "/opt/cairn/cairn",
                                Image = "registry.example.org/acme/trainer:1",
                                Command = ["python3", "train.py", "--secret=hidden"],
                                Resources = new TaskResources(
                                    4,
                                    15360,
                                    place.Pool == 0 ? 2 : 0,
                                    place.Pool == 0 ? "NVIDIA_TESLA_V100" : null
                                ),
                                TimeoutSeconds = 3600,
                            }
                        )
                    ),
            ],
            "a-token"
        );
}
