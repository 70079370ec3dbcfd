using Cairn.Kernel.Database;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tracking.Runs;

/// <summary>The experiment 0, "Default", which clients of MLflow log to that name none. Made at the first start.</summary>
public sealed class DefaultExperiment(IDatabase database, ExperimentStore experiments) : IHostedService
{
    public const long Id = 0;
    public const string Project = "demo";
    public const string Location = "us-central1";

    public Task StartAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (experiments.Find(session, Id) is null)
                {
                    experiments.Create(session, new NewExperiment(Project, Location) { Id = Id, Name = "Default" });
                }

                return true;
            },
            cancellationToken
        );

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
