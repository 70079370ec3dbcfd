using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>What is left of what clients of MLflow log when their server is killed: it has the class to itself.</summary>
public abstract class MlflowKillConformance(MlflowServer server)
{
    [Fact]
    public async Task acknowledged_batches_survive_a_kill()
    {
        string id;
        var acknowledged = 0;
        using (var client = new MlflowClient(server.Process.Http))
        {
            id = (string)(await client.Post("mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
            var logging = Task.Run(async () =>
            {
                for (var step = 0; ; step++)
                {
                    await client.Post(
                        "mlflow/runs/log-batch",
                        new
                        {
                            run_id = id,
                            metrics = new[]
                            {
                                new
                                {
                                    key = "a",
                                    value = step,
                                    timestamp = 1,
                                    step,
                                },
                            },
                        }
                    );
                    Volatile.Write(ref acknowledged, step + 1);
                }
            });
            await Poll.UntilAsync(() => Volatile.Read(ref acknowledged) > 300, "300 batches to be acknowledged");
            server.Process.Kill();
            await Should.ThrowAsync<HttpRequestException>(logging);
        }

        await server.Process.RestartAsync();
        using var after = new MlflowClient(server.Process.Http);
        var steps = (await after.Get("mlflow/metrics/get-history", ("run_id", id), ("metric_key", "a")))["metrics"]!
            .AsArray()
            .Select(static point => (int)point!["step"]!)
            .ToList();
        steps.ShouldBe(Enumerable.Range(0, steps.Count));
        steps.Count.ShouldBeInRange(acknowledged, acknowledged + 1);
        ((int)(await after.Get("mlflow/runs/get", ("run_id", id)))["run"]!["data"]!["metrics"]![0]!["step"]!).ShouldBe(steps.Count - 1);
    }
}

public sealed class MlflowKillOnSqlite(SqliteMlflowServer server) : MlflowKillConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowKillOnPostgreSql(PostgresMlflowServer server)
    : MlflowKillConformance(server),
        IClassFixture<PostgresMlflowServer>;
