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
/// What the executor says to kubectl and makes of its answers. The program in kubectl's place notes its arguments and answers from a file:
/// it stands for no cluster, and that pods run is not shown here.
/// </summary>
public sealed class KubernetesExecutorTests : IDisposable
{
    private readonly ScratchDirectory _data = new();
    private readonly KubernetesExecutor _executor;
    private readonly Gang _gang;

    public KubernetesExecutorTests()
    {
        File.WriteAllText(
            _data["kubectl"],
            $"""
            #!/bin/sh
            echo "$@" >> {_data["calls"]}
            if [ -e {_data["refusal"]} ]; then cat {_data["refusal"]} >&2; exit 1; fi
            case "$*" in *" get "*) cat {_data["answer"]};; esac

            """
        );
        File.SetUnixFileMode(_data["kubectl"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var options = new JobsOptions
        {
            Executor = JobsExecutor.Kubernetes,
            Endpoint = new Uri("http://cairn.example.org:8080"),
            Kubernetes = new KubernetesOptions
            {
                Kubectl = _data["kubectl"],
                AgentImage = "cairn",
                Volume = "data",
                Namespace = "ml",
                PollInterval = TimeSpan.Zero,
            },
        };
        var kubectl = new Kubectl(options);
        var server = new ServerEnvironment
        {
            DataDirectory = _data.Path,
            ServerId = "s",
            HttpUrl = static () => new Uri("http://127.0.0.1:1"),
            GrpcAddress = static () => "127.0.0.1:1",
            Executable = "/opt/cairn/cairn",
        };
        _executor = new KubernetesExecutor(
            kubectl,
            new KubernetesCluster(kubectl, options, TimeProvider.System, NullLogger<KubernetesCluster>.Instance),
            server,
            options,
            TimeProvider.System
        );
        _gang = Gangs.Write(_data["jobs"], [1, 1]);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task a_gang_is_applied_once_and_then_waited_for()
    {
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);

        await _executor.StartAsync(_gang, default);
        await _executor.StartAsync(_gang, default);

        Calls()
            .ShouldHaveSingleItem()
            .ShouldBe($"--request-timeout=30s --namespace=ml apply --filename={_gang.Directory.Path}/kubernetes.json");
        Answer(Job(0), Job(1));
        (await StatesAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);
        _gang.Replicas[0].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        (await StatesAsync()).ShouldBe([AttemptState.Running, AttemptState.Waiting]);
    }

    [Fact]
    public async Task a_pod_that_ran_out_of_memory_is_not_restarted()
    {
        var loss = await LossAsync(
            Job(0, "Failed", "BackoffLimitExceeded"),
            Job(1),
            Pod(0, """{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""")
        );

        loss.Reason.ShouldContain("out of memory");
        (loss.Code, loss.Final).ShouldBe((Code.ResourceExhausted, true));
    }

    [Fact]
    public async Task an_image_that_cannot_be_pulled_fails_the_job_with_the_reason()
    {
        var loss = await LossAsync(
            Job(0),
            Job(1),
            Pod(0, """{"image":"nowhere/x:1","state":{"waiting":{"reason":"ImagePullBackOff","message":"not found"}}}""")
        );

        loss.Reason.ShouldContain("nowhere/x:1");
        loss.Reason.ShouldContain("not found");
        loss.Final.ShouldBeTrue();
    }

    [Fact]
    public async Task an_agent_that_was_killed_or_evicted_is_lost_and_may_be_restarted()
    {
        (
            await LossAsync(
                Job(0, "Failed", "BackoffLimitExceeded"),
                Job(1),
                Pod(0, """{"state":{"terminated":{"exitCode":137,"reason":"Error"}}}""")
            )
        ).Final.ShouldBeFalse();
    }

    [Fact]
    public async Task a_job_that_was_deleted_in_the_cluster_is_lost()
    {
        (await LossAsync(Job(1))).Reason.ShouldContain("deleted");
    }

    [Fact]
    public async Task a_gang_that_is_withdrawn_before_it_began_never_begins()
    {
        await _executor.StartAsync(_gang, default);
        _gang.RequestStop();
        await _executor.KillAsync(_gang, default);

        Calls()[^1]
            .ShouldBe(
                "--request-timeout=30s --namespace=ml delete jobs,services --selector=cairn.dev/task=4711,cairn.dev/attempt=2 --cascade=background --wait=false --ignore-not-found"
            );
        Answer();
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);
    }

    [Fact]
    public async Task of_a_cluster_that_does_not_answer_nothing_is_concluded()
    {
        await _executor.StartAsync(_gang, default);
        await File.WriteAllTextAsync(_data["refusal"], "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout");

        await Should.ThrowAsync<ExecutorAwayException>(_executor.ObserveAsync(_gang, default));
    }

    [Fact]
    public async Task what_the_cluster_refuses_it_gives_the_reason_of()
    {
        await File.WriteAllTextAsync(_data["refusal"], "Error from server (Forbidden): jobs.batch is forbidden: exceeded quota");

        (await Should.ThrowAsync<StatusException>(_executor.StartAsync(_gang, default))).Message.ShouldContain("exceeded quota");
        (await StatesAsync()).ShouldBe([AttemptState.NotStarted, AttemptState.NotStarted]);
    }

    private async Task<AttemptLoss> LossAsync(params string[] items)
    {
        await _executor.StartAsync(_gang, default);
        _gang.Replicas[0].Directory.WriteStart(new StartRecord(1, 1, "pod", DateTimeOffset.UtcNow));
        Answer(items);
        var status = (await _executor.ObserveAsync(_gang, default))[0];
        status.State.ShouldBe(AttemptState.Lost);
        return status.Loss.ShouldNotBeNull();
    }

    private async Task<IEnumerable<AttemptState>> StatesAsync() =>
        (await _executor.ObserveAsync(_gang, default)).Select(static status => status.State);

    private string[] Calls() => File.ReadAllLines(_data["calls"]);

    private void Answer(params string[] items) =>
        File.WriteAllText(_data["answer"], $$"""{"apiVersion":"v1","kind":"List","items":[{{string.Join(',', items)}}]}""");

    private static string Job(int pool, string? condition = null, string reason = "") =>
        new JsonObject
        {
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = $"cairn-4711-2-{pool}" },
            ["status"] = new JsonObject
            {
                ["conditions"] = condition is null
                    ? []
                    : new JsonArray(
                        new JsonObject
                        {
                            ["type"] = condition,
                            ["status"] = "True",
                            ["reason"] = reason,
                            ["message"] = "m",
                        }
                    ),
            },
        }.ToJsonString();

    private static string Pod(int pool, string container) =>
        new JsonObject
        {
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"cairn-4711-2-{pool}-0-abcde",
                ["labels"] = new JsonObject { ["batch.kubernetes.io/job-name"] = $"cairn-4711-2-{pool}" },
            },
            ["status"] = new JsonObject { ["phase"] = "Running", ["containerStatuses"] = new JsonArray(JsonNode.Parse(container)) },
        }.ToJsonString();
}
