using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Tests of MLflow's REST API on one server.</summary>
public abstract class MlflowTests(MlflowServer server) : IDisposable
{
    protected ServerProcess Server => server.Process;

    protected MlflowClient Mlflow { get; } = new(server.Process.Http);

    public void Dispose()
    {
        Mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A name that nothing has.</summary>
    protected static string Name() => "e-" + Guid.NewGuid().ToString("N");

    /// <summary>The ID of a new experiment.</summary>
    protected async Task<string> NewExperiment() =>
        (string)(await Mlflow.Post("mlflow/experiments/create", new { name = Name() }))["experiment_id"]!;

    /// <summary>The ID of a new run of an experiment.</summary>
    protected async Task<string> NewRun(string experiment) =>
        (string)(await Mlflow.Post("mlflow/runs/create", new { experiment_id = experiment }))["run"]!["info"]!["run_id"]!;

    /// <summary>A run of a new experiment.</summary>
    protected async Task<JsonNode> Run(string experiment)
    {
        var id = (string)(await Mlflow.Post("mlflow/experiments/create", new { name = experiment }))["experiment_id"]!;
        return (
            await Mlflow.Post(
                "mlflow/runs/create",
                new
                {
                    experiment_id = id,
                    user_id = "ada",
                    start_time = 1_700_000_000_000,
                    tags = new[] { new { key = "mlflow.user", value = "ada" } },
                }
            )
        )["run"]!;
    }
}
