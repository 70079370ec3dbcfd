using Cairn.Data;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Tasks;
using Cairn.Kernel;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Security;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Jobs.Tests.Tasks;

/// <summary>The capability as the server composes it, without listeners, and with its controller moved by hand.</summary>
internal sealed class StateMachine : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private StateMachine(ServiceProvider services) => _services = services;

    public TaskController Controller => _services.GetRequiredService<TaskController>();

    public Failpoints Failpoints => _services.GetRequiredService<Failpoints>();

    private JobService Handler => _services.GetServices<IRpcService>().OfType<JobService>().Single();

    public static async Task<StateMachine> StartAsync(string data, string url, JobsOptions options, IDatabase? database = null)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddKernel();
        collection.AddSingleton(_ => database ?? new SqliteDatabase(Path.Combine(data, "cairn.db")));
        collection.AddSingleton<IHostApplicationLifetime, Lifetime>();
        collection.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = data,
                ServerId = Guid.NewGuid().ToString("n"),
                HttpUrl = () => new Uri(url),
                GrpcAddress = () => "127.0.0.1:1",
                Executable = ServerProcess.Executable,
            }
        );
        collection.AddSecurity(authenticationRequired: false);
        collection.AddData();
        collection.AddJobs(options);
        var services = collection.BuildServiceProvider();
        await Migrations.ApplyAsync(services.GetRequiredService<IDatabase>(), services.GetServices<MigrationSet>());
        services.GetRequiredService<Machine>().WriteEndpoint(new Uri(url));
        return new StateMachine(services);
    }

    public async Task<string> SubmitAsync(string script, string project = "p", Action<CustomJob>? change = null)
    {
        var job = new CustomJob
        {
            DisplayName = "test",
            JobSpec = new CustomJobSpec
            {
                WorkerPoolSpecs =
                {
                    new WorkerPoolSpec
                    {
                        ContainerSpec = new ContainerSpec { ImageUri = JobsClient.SklearnImage, Command = { "sh", "-c", script } },
                    },
                },
            },
        };
        change?.Invoke(job);
        return (
            await Handler.CreateCustomJob(
                new CreateCustomJobRequest { Parent = $"projects/{project}/locations/l", CustomJob = job },
                new CallContext { Caller = Principal.Anonymous }
            )
        ).Name;
    }

    public Task CancelAsync(string name) =>
        Handler.CancelCustomJob(new CancelCustomJobRequest { Name = name }, new CallContext { Caller = Principal.Anonymous });

    public Task<CustomJob> GetAsync(string name) =>
        _services.GetRequiredService<IResourceStore>().GetAsync<CustomJob>(CustomJobs.CustomJobs.Kind, name);

    public async Task<IReadOnlyList<CustomJob>> ListAsync(string project = "p") =>
        (
            await Handler.ListCustomJobs(
                new ListCustomJobsRequest { Parent = $"projects/{project}/locations/l", PageSize = 1000 },
                new CallContext { Caller = Principal.Anonymous }
            )
        ).CustomJobs;

    public async Task<CustomJob> RunToEndAsync(string name)
    {
        await Poll.UntilAsync(
            async () =>
            {
                await Controller.TickAsync(default);
                return CustomJobs.CustomJobs.IsTerminal((await GetAsync(name)).State);
            },
            $"{name} to end"
        );
        return await GetAsync(name);
    }

    public Task<TaskRow?> TaskAsync(string name) =>
        _services
            .GetRequiredService<IDatabase>()
            .ReadAsync(session => _services.GetRequiredService<TaskTable>().Find(session, name.Split('/')[^1]));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => new(true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() { }
    }
}
