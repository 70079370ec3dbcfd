using System.Text.Json.Nodes;
using Cairn.Jobs.Agent;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>PyTorch's DistributedDataParallel over gloo in the replicas of a job.</summary>
public sealed class DistributedTrainingTests : IAsyncLifetime
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/pytorch-cpu.1-13.py310:latest";
    private const string ReductionServer = "us-docker.pkg.dev/vertex-ai-restricted/training/reductionserver:latest";
    private const double Tolerance = 1e-5;
    private const int Steps = 10;

    // All ranks together see the same batches, however many they are; the model has more than one bucket of gradients.
    private const string Training = """
        import json, os, sys, torch, torch.distributed as distributed
        from torch import nn
        from torch.nn.parallel import DistributedDataParallel
        torch.set_num_threads(1)
        torch.manual_seed(0)
        distributed.init_process_group("gloo")
        rank, world = distributed.get_rank(), distributed.get_world_size()
        model = nn.Sequential(nn.Linear(20, 512), nn.Tanh(), nn.Linear(512, 512), nn.Tanh(), nn.Linear(512, 1))
        parallel = DistributedDataParallel(model)
        reducers = None
        if "reduce" in sys.argv:
            import cairn_reduction
            reducers = cairn_reduction.Reducers.from_environment()
            parallel.register_comm_hook(reducers, cairn_reduction.mean_hook)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.005, momentum=0.9)
        batches = torch.Generator().manual_seed(1)
        for step in range(10):
            x = torch.randn(16, 20, generator=batches)
            y = 2 * x[:, :1] - x[:, 1:2]
            mine = slice(rank * 16 // world, (rank + 1) * 16 // world)
            optimizer.zero_grad()
            nn.functional.mse_loss(parallel(x[mine]), y[mine]).backward()
            optimizer.step()
        weights = torch.cat([p.detach().flatten() for p in model.parameters()])
        print(json.dumps({"weights": [float(weights.norm())] + weights[::1999].tolist(), "gradients": 4 * weights.numel(), "sent": reducers.bytes_sent if reducers else None}), flush=True)
        distributed.barrier()
        if reducers:
            reducers.close()
        """;

    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var torch = await HostTools.RunAsync(
            "/usr/bin/python3",
            ["-c", "import torch.distributed"],
            HostTools.Environment,
            TestContext.Current.CancellationToken
        );
        if (torch.ExitCode != 0)
        {
            Assert.Skip("PyTorch (python3-torch) is not installed.");
        }

        _server = await ServerProcess.StartAsync(arguments: ["--job-slots", "8"]);
        _client = new JobsClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task two_and_four_workers_compute_the_model_of_one_and_so_they_do_through_reducers()
    {
        var (_, alone) = await TrainAsync(workers: 1, reducers: 0);
        var expected = Weights(alone);
        foreach (var (workers, reducers) in ((int, int)[])[(2, 0), (4, 0), (2, 1), (4, 2)])
        {
            var (name, ranks) = await TrainAsync(workers, reducers);

            foreach (var weights in ranks.Select(static rank => Weights([rank])))
            {
                weights
                    .Zip(expected)
                    .Max(static pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second)))
                    .ShouldBeLessThan(Tolerance, $"{workers} workers, {reducers} reducers");
            }

            if (reducers > 0)
            {
                await CheckBytesAsync(name, ranks, workers, reducers);
            }
        }
    }

    /// <summary>A worker sends each gradient once, but for the headers; in a ring all-reduce it sends 2(n-1)/n of them.</summary>
    private async Task CheckBytesAsync(string name, IReadOnlyList<JsonNode> ranks, int workers, int reducers)
    {
        var gradients = (double)ranks[0]["gradients"]! * Steps;
        var ring = 2.0 * (workers - 1) / workers * gradients;
        foreach (var sent in ranks.Select(static rank => (double)rank["sent"]!))
        {
            sent.ShouldBeInRange(gradients, gradients * 1.001);
            (sent / ring).ShouldBe(workers / (2.0 * (workers - 1)), 0.001);
        }

        // The reducers count the values alone, each those of its shards.
        var reduced = 0L;
        for (var i = 0; i < reducers; i++)
        {
            var lines = await _client.LinesAsync(name, $"workerpool2-{i}");
            var line = lines
                .FirstOrDefault(static line => line.StartsWith("Reduced ", StringComparison.Ordinal))
                .ShouldNotBeNull(string.Join('\n', lines));
            reduced += long.Parse(line.Split(' ')[8]);
        }

        reduced.ShouldBe((long)gradients);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{workers} workers, {reducers} reducers: {reduced / Steps} bytes sent a step and worker; in a ring {ring / Steps:0}"
        );
    }

    private async Task<(string Name, IReadOnlyList<JsonNode> Ranks)> TrainAsync(int workers, int reducers)
    {
        string[] command = ["python3", "-c", Training, .. reducers > 0 ? (string[])["reduce"] : []];
        var pools = new JsonArray(Pool(1, command), workers > 1 ? Pool(workers - 1, command) : new JsonObject());
        if (reducers > 0)
        {
            pools.Add(JobsClient.Pool(reducers, ReductionServer));
        }

        var ended = await _client.RunAsync(
            new JsonObject
            {
                ["displayName"] = "ddp",
                ["jobSpec"] = new JsonObject { ["workerPoolSpecs"] = pools },
            }
        );
        var name = (string)ended["name"]!;
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended["error"]?.ToJsonString());
        var ranks = new List<JsonNode>();
        for (var rank = 0; rank < workers; rank++)
        {
            var lines = await _client.LinesAsync(name, rank == 0 ? "workerpool0-0" : $"workerpool1-{rank - 1}");
            ranks.Add(JsonNode.Parse(lines.Single(static line => line.StartsWith('{')))!);
        }

        return (name, ranks);
    }

    private static JsonObject Pool(int replicas, string[] command) => JobsClient.Pool(replicas, Image, command);

    private static List<double> Weights(IReadOnlyList<JsonNode> ranks) =>
        [.. ranks[0]["weights"]!.AsArray().Select(static weight => (double)weight!)];
}
