using Cairn.Classic;
using Cairn.Data;
using Cairn.Datasets;
using Cairn.Imports.Door;
using Cairn.Jobs;
using Cairn.Kernel;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Files;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Tenancy;
using Cairn.Kernel.Time;
using Cairn.Metadata;
using Cairn.Mlflow;
using Cairn.Models;
using Cairn.Security;
using Cairn.Server.Entry;
using Cairn.Server.Health;
using Cairn.Server.Telemetry;
using Cairn.Serving;
using Cairn.Tensorboards;
using Cairn.Tracking;
using Cairn.Training;
using Cairn.Tuning;
using Cairn.TuningJobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Server;

/// <summary>Puts the house together: the kernel, then each capability.</summary>
internal static class Composition
{
    /// <summary>The name of the SQLite database in the data folder.</summary>
    public const string DatabaseFile = "cairn.db";

    public static void Add(IServiceCollection services, ServerOptions options, Listeners listeners)
    {
        services.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = options.Data,
                ServerId = new RandomIdSource().NextHex(),
                HttpUrl = () => listeners.HttpUrl,
                GrpcAddress = () => listeners.GrpcAddress,
                TaskTls = () => listeners.Tasks,
                Executable = options.Executable ?? Environment.ProcessPath!,
            }
        );
        services.AddSingleton(_ => new DiskReserve(options.Data));
        services.AddSingleton<IDatabase>(provider =>
            options.Store is { } address
                ? new PostgresDatabase(address, telemetry: provider.GetRequiredService<StoreTelemetry>())
                : new SqliteDatabase(
                    Path.Combine(options.Data, DatabaseFile),
                    provider.GetRequiredService<ILogger<SqliteDatabase>>(),
                    provider.GetRequiredService<DiskReserve>(),
                    provider.GetRequiredService<StoreTelemetry>()
                )
        );
        services.AddKernel();
        services.AddSecurity(listeners.AuthenticationRequired);
        services.AddData(options.Objects);
        services.AddModels();
        services.AddServing(options.Serving);
        services.AddTracking();
        services.AddTensorboards();
        services.AddMetadata();
        services.AddMlflow();
        services.AddImports();
        services.AddJobs(options.Jobs);
        services.AddDatasets();
        services.AddTraining();
        services.AddTuning();
        services.AddTuningJobs();
        services.AddClassic();
        services.AddSingleton<IDoor, HealthDoor>();
        services.AddSingleton<IHostedService, DiskWatch>();
        services.AddTelemetry(options.Telemetry);
        AddEntrance(services, new OriginGuard(!listeners.AuthenticationRequired, options.AllowedHosts));
    }

    private static void AddEntrance(IServiceCollection services, OriginGuard guard)
    {
        services.AddSingleton(static provider => new RpcCatalogue(
            provider.GetServices<IRpcService>(),
            static () => ContractFiles.VertexServices,
            provider.GetRequiredService<ITenantGate>()
        ));
        services.AddSingleton<GrpcTransport>();
        services.AddSingleton<IDoor>(static provider => new RestTransport(provider.GetRequiredService<RpcCatalogue>().OfServices));
        services.AddSingleton(static provider =>
        {
            var routes = new RouteTable();
            foreach (var door in provider.GetServices<IDoor>())
            {
                door.Map(routes);
            }

            routes.AddLater(more => new RestTransport(provider.GetRequiredService<RpcCatalogue>().OfOthers).Map(more));
            return routes;
        });
        services.AddSingleton(guard);
        services.AddSingleton<CrossOriginGate>();
        services.AddSingleton<Entrance>();
    }
}
