using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Hosting;
using Cairn.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

/// <summary>An executor before a cluster of the test's own, on a clock that the test moves, with what it has logged.</summary>
internal sealed class ClusterBench : IAsyncDisposable
{
    private readonly List<IDisposable> _made = [];
    private readonly List<KubernetesCluster> _clusters = [];

    public ScratchDirectory Data { get; } = new();

    public FakeCluster Fake { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public Told Log { get; } = new();

    public KubernetesApi Api { get; private set; } = null!;

    public KubernetesExecutor Executor { get; private set; } = null!;

    public Gang Gang { get; private set; } = null!;

    public static async Task<ClusterBench> StartAsync(string user = "{token: a-right}", string cluster = "")
    {
        var bench = new ClusterBench();
        await bench.Fake.StartAsync();
        bench.Configure(user, cluster);
        (bench.Api, bench.Executor) = bench.Make(new KubernetesOptions { Config = bench.Data["kubeconfig"] });
        bench.Gang = Gangs.Write(bench.Data["jobs"], [1, 1]);
        return bench;
    }

    /// <summary>Writes the kubeconfig.</summary>
    /// <param name="user">The user's keys.</param>
    /// <param name="cluster">Further keys of the cluster, each after a comma.</param>
    public void Configure(string user, string cluster = "")
    {
        // Where a proxy is asked, it alone knows the cluster.
        var server = cluster.Contains("proxy-url", StringComparison.Ordinal) ? "http://cluster.invalid" : Fake.Address;
        File.WriteAllText(
            Data["kubeconfig"],
            $$$"""
            current-context: training
            clusters: [{name: fake, cluster: {server: "{{{server}}}" {{{cluster}}} }}]
            users: [{name: trainer, user: {{{user}}} }]
            contexts: [{name: training, context: {cluster: fake, user: trainer, namespace: ml}}]
            """
        );
    }

    public (KubernetesApi Api, KubernetesExecutor Executor) Make(KubernetesOptions kubernetes)
    {
        var options = new JobsOptions
        {
            Executor = JobsExecutor.Kubernetes,
            Endpoint = new Uri("http://cairn.example.org:8080"),
            Kubernetes = kubernetes with { AgentImage = "cairn", Volume = "data" },
        };
        var standing = new ClusterStanding(Log);
        var api = new KubernetesApi(options, Time, standing);
        var cluster = new KubernetesCluster(api, Time, standing);
        var server = new ServerEnvironment
        {
            DataDirectory = Data.Path,
            ServerId = "s",
            HttpUrl = static () => new Uri("http://127.0.0.1:1"),
            GrpcAddress = static () => "127.0.0.1:1",
            Executable = "/opt/cairn/cairn",
        };
        _made.Add(api);
        _clusters.Add(cluster);
        return (api, new KubernetesExecutor(api, cluster, standing, server, options, Time));
    }

    public async Task<IReadOnlyList<AttemptState>> StatesAsync() =>
        [.. (await Executor.ObserveAsync(Gang, default)).Select(static status => status.State)];

    /// <summary>Lets time pass until the cluster can be asked, and says where the replicas stand.</summary>
    public async Task<IReadOnlyList<AttemptState>> PatientAsync()
    {
        IReadOnlyList<AttemptState> states = [];
        await PassAsync(
            async () =>
            {
                try
                {
                    states = await StatesAsync();
                    return true;
                }
                catch (ExecutorAwayException)
                {
                    return false;
                }
            },
            "the cluster to be asked again"
        );
        return states;
    }

    /// <summary>Lets time pass until something holds.</summary>
    public Task PassAsync(Func<Task<bool>> condition, string what) =>
        Poll.UntilAsync(
            async () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return await condition();
            },
            what
        );

    /// <summary>Has every request answered with a status and a sentence of Kubernetes that the condition holds for.</summary>
    public void Refuse(int code, string message, Func<string, string, bool> condition, string reason = "Forbidden", string? kind = null) =>
        Fake.Intercept = async context =>
        {
            if (!condition(context.Request.Method, context.Request.Path + context.Request.QueryString.ToString()))
            {
                return false;
            }

            await FakeCluster.FailAsync(context, code, reason, message, kind);
            return true;
        };

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }

        _made.ForEach(static made => made.Dispose());
        await Fake.DisposeAsync();
        Data.Dispose();
    }

    public static JsonObject Job(string json) => (JsonObject)JsonNode.Parse(json)!;

    /// <summary>What was logged.</summary>
    internal sealed class Told : ILogger<ClusterStanding>
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue(formatter(state, exception));
    }
}
