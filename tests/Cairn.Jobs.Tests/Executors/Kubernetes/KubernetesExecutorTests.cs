using System.Text.Json.Nodes;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Testing;
using Google.Rpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

/// <summary>
/// What the executor asks a cluster's API for and makes of its answers, through the real client over HTTP. That pods run is not shown here.
/// </summary>
public sealed class KubernetesExecutorTests : IAsyncLifetime
{
    private readonly ScratchDirectory _data = new();
    private readonly FakeCluster _fake = new();
    private KubernetesExecutor _executor = null!;
    private KubernetesCluster _cluster = null!;
    private KubernetesApi _api = null!;
    private Gang _gang = null!;

    public async ValueTask InitializeAsync()
    {
        await _fake.StartAsync();
        await File.WriteAllTextAsync(
            _data["kubeconfig"],
            $$$"""
            apiVersion: v1
            kind: Config
            current-context: other
            clusters: [{name: fake, cluster: {server: "{{{_fake.Address}}}" } }]
            users: [{name: cairn, user: {token: a-right}}]
            contexts:
            - {name: other, context: {cluster: fake, user: cairn, namespace: elsewhere}}
            - {name: training, context: {cluster: fake, user: cairn, namespace: ml}}
            """
        );
        (_api, _cluster, _executor) = Executor(new KubernetesOptions { Config = _data["kubeconfig"], Context = "training" });
        _gang = Gangs.Write(_data["jobs"], [1, 1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _api.Dispose();
        await _fake.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task a_gang_is_made_once_and_then_waited_for()
    {
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);

        await _executor.StartAsync(_gang, default);
        await _executor.StartAsync(_gang, default);

        _fake.Changes.ShouldBe(["POST services", "POST jobs", "POST jobs"]);
        _fake.Authorization.ShouldBe("Bearer a-right");
        (await StatesAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);
        _gang.Replicas[0].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        (await StatesAsync()).ShouldBe([AttemptState.Running, AttemptState.Waiting]);
    }

    [Fact]
    public async Task what_arrives_is_what_the_manifest_says_also_where_it_was_cut_short()
    {
        // Of 15360 MiB the client makes 15 GiB.
        var gang = Gangs.Write(
            _data["more"],
            [1, 1],
            static record => record with { Resources = record.Resources with { MemoryMib = 15361 } }
        );
        var manifest = KubernetesManifest.Of(gang, _data.Path, Options(new KubernetesOptions()), "ml");
        _fake.Put("services/cairn-4711-2", (JsonObject)manifest[0].DeepClone());
        _fake.Put("jobs/cairn-4711-2-0", (JsonObject)manifest[1].DeepClone());

        await _executor.StartAsync(gang, default);

        // A field that the client did not know would be lost on the way.
        var arrived = (JsonObject)_fake["jobs/cairn-4711-2-1"].DeepClone();
        ((JsonObject)arrived["metadata"]!).Remove("resourceVersion");
        JsonNode.DeepEquals(arrived, manifest[2]).ShouldBeTrue($"{arrived.ToJsonString()}\n{manifest[2].ToJsonString()}");
    }

    [Fact]
    public async Task what_happens_is_told_by_watches_and_nothing_is_asked_again_meanwhile()
    {
        await _executor.StartAsync(_gang, default);
        await StatesAsync();
        var lists = _fake.Lists;
        for (var i = 0; i < 50; i++)
        {
            (await StatesAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);
        }

        _gang.Replicas[1].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        _fake.Put("jobs/cairn-4711-2-1", Job("Failed", "DeadlineExceeded"));

        await Poll.UntilAsync(
            async () => (await _executor.ObserveAsync(_gang, default))[1].Loss is { Code: Code.DeadlineExceeded },
            "the end"
        );
        _fake.Lists.ShouldBe(lists);
        _fake.EndWatches();
        await Poll.UntilAsync(() => _fake.Lists > lists, "a watch that broke off is begun anew");
    }

    [Fact]
    public async Task a_pod_that_ran_out_of_memory_is_not_restarted()
    {
        var loss = await LossAsync("""{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""");

        loss.Reason.ShouldContain("out of memory");
        (loss.Code, loss.Final).ShouldBe((Code.ResourceExhausted, true));
    }

    [Fact]
    public async Task an_image_that_cannot_be_pulled_fails_the_job_with_the_reason()
    {
        var loss = await LossAsync("""{"image":"nowhere/x:1","state":{"waiting":{"reason":"ImagePullBackOff","message":"not found"}}}""");

        loss.Reason.ShouldContain("nowhere/x:1");
        loss.Reason.ShouldContain("not found");
        loss.Final.ShouldBeTrue();
    }

    [Fact]
    public async Task an_agent_that_was_killed_or_evicted_is_lost_and_may_be_restarted()
    {
        (await LossAsync("""{"state":{"terminated":{"exitCode":137,"reason":"Error"}}}""")).Final.ShouldBeFalse();
    }

    [Fact]
    public async Task a_job_that_was_deleted_in_the_cluster_is_lost()
    {
        await _executor.StartAsync(_gang, default);
        _gang.Replicas[0].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        (await StatesAsync()).ShouldBe([AttemptState.Running, AttemptState.Waiting]);

        _fake.Delete("jobs/cairn-4711-2-0");

        (await LossOfFirstAsync()).Reason.ShouldContain("deleted");
    }

    [Fact]
    public async Task a_gang_that_is_withdrawn_before_it_began_never_begins()
    {
        await _executor.StartAsync(_gang, default);
        _gang.RequestStop();
        await _executor.KillAsync(_gang, default);
        await _executor.KillAsync(_gang, default);

        _fake
            .Changes.TakeLast(3)
            .ShouldBe([
                "DELETE jobs/cairn-4711-2-0?propagationPolicy=Background",
                "DELETE jobs/cairn-4711-2-1?propagationPolicy=Background",
                "DELETE services/cairn-4711-2",
            ]);
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(null)]
    public async Task of_a_cluster_that_does_not_answer_nothing_is_concluded(int? code)
    {
        await _executor.StartAsync(_gang, default);
        if (code is { } answer)
        {
            _fake.Refusal = (answer, "the server is currently unable to handle the request");
        }
        else
        {
            await _fake.DisposeAsync();
        }

        await Should.ThrowAsync<ExecutorAwayException>(_executor.ObserveAsync(_gang, default));
        await Should.ThrowAsync<ExecutorAwayException>(_executor.KillAsync(_gang, default));
        if (code is not null)
        {
            _fake.Refusal = null;
            await Poll.UntilAsync(
                async () =>
                {
                    try
                    {
                        return (await StatesAsync()).SequenceEqual([AttemptState.Waiting, AttemptState.Waiting]);
                    }
                    catch (ExecutorAwayException)
                    {
                        return false;
                    }
                },
                "the cluster answers again"
            );
        }
    }

    [Fact]
    public async Task what_the_cluster_refuses_it_gives_the_reason_of()
    {
        _fake.Refusal = (403, "jobs.batch is forbidden: exceeded quota");

        (await Should.ThrowAsync<StatusException>(_executor.StartAsync(_gang, default))).Message.ShouldBe(
            "Kubernetes refuses: jobs.batch is forbidden: exceeded quota"
        );
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);
    }

    [Fact]
    public async Task a_namespace_that_does_not_exist_is_no_job_that_was_deleted()
    {
        var (api, cluster, executor) = Executor(new KubernetesOptions { Config = _data["kubeconfig"], Namespace = "nowhere" });
        await using (cluster)
        using (api)
        {
            (await Should.ThrowAsync<StatusException>(executor.StartAsync(_gang, default))).Message.ShouldContain("namespaces");
        }
    }

    [Fact]
    public async Task a_kubeconfig_that_says_nothing_of_use_is_named()
    {
        (await Should.ThrowAsync<StatusException>(StartWithAsync(new KubernetesOptions { Config = _data["none"] }))).Message.ShouldContain(
            _data["none"]
        );
        (
            await Should.ThrowAsync<StatusException>(StartWithAsync(new KubernetesOptions { Config = _data["kubeconfig"], Context = "x" }))
        ).Message.ShouldContain("x not found");
        await File.WriteAllTextAsync(_data["broken"], "clusters: [");
        (
            await Should.ThrowAsync<StatusException>(StartWithAsync(new KubernetesOptions { Config = _data["broken"] }))
        ).Message.ShouldContain("kubeconfig");
    }

    private async Task StartWithAsync(KubernetesOptions options)
    {
        var (api, cluster, executor) = Executor(options);
        await using (cluster)
        using (api)
        {
            await executor.StartAsync(_gang, default);
        }
    }

    /// <summary>What is told of the first replica once its pod's container has a state, while its Job says nothing yet.</summary>
    private async Task<AttemptLoss> LossAsync(string container)
    {
        await _executor.StartAsync(_gang, default);
        _gang.Replicas[0].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        _fake.Put("pods/cairn-4711-2-0-0-abcde", Pod(container));
        return await LossOfFirstAsync();
    }

    private async Task<AttemptLoss> LossOfFirstAsync()
    {
        await Poll.UntilAsync(async () => (await StatesAsync()).First() == AttemptState.Lost, "the loss");
        return (await _executor.ObserveAsync(_gang, default))[0].Loss.ShouldNotBeNull();
    }

    private async Task<IEnumerable<AttemptState>> StatesAsync() =>
        (await _executor.ObserveAsync(_gang, default)).Select(static status => status.State);

    private (KubernetesApi Api, KubernetesCluster Cluster, KubernetesExecutor Executor) Executor(KubernetesOptions kubernetes)
    {
        var options = Options(kubernetes);
        var standing = new ClusterStanding(NullLogger<ClusterStanding>.Instance);
        var api = new KubernetesApi(options, TimeProvider.System, standing);
        var cluster = new KubernetesCluster(api, TimeProvider.System, standing);
        var server = new ServerEnvironment
        {
            DataDirectory = _data.Path,
            ServerId = "s",
            HttpUrl = static () => new Uri("http://127.0.0.1:1"),
            GrpcAddress = static () => "127.0.0.1:1",
            Executable = "/opt/cairn/cairn",
        };
        return (api, cluster, new KubernetesExecutor(api, cluster, standing, server, options, TimeProvider.System));
    }

    private static JobsOptions Options(KubernetesOptions kubernetes) =>
        new()
        {
            Executor = JobsExecutor.Kubernetes,
            Endpoint = new Uri("http://cairn.example.org:8080"),
            Kubernetes = kubernetes with { AgentImage = "cairn", Volume = "data" },
        };

    private static JsonObject Job(string condition, string reason) =>
        new()
        {
            ["kind"] = "Job",
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = condition,
                        ["status"] = "True",
                        ["reason"] = reason,
                        ["message"] = "m",
                    }
                ),
            },
        };

    private static JsonObject Pod(string container) =>
        new()
        {
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["batch.kubernetes.io/job-name"] = "cairn-4711-2-0" } },
            ["status"] = new JsonObject { ["phase"] = "Running", ["containerStatuses"] = new JsonArray(JsonNode.Parse(container)) },
        };
}
