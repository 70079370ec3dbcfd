using Cairn.Kernel;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Time;
using Cairn.Metadata;
using Cairn.Tensorboards;
using Cairn.Testing;
using Cairn.Tracking.Runs;
using Google.LongRunning;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>The kernel with the metadata service on an empty database of one engine.</summary>
public sealed class MetadataHost : IAsyncDisposable
{
    public const string Parent = "projects/lab/locations/us-central1";
    public const string Store = Parent + "/metadataStores/default";

    private readonly ServiceProvider _services;

    private readonly ScratchDirectory _scratch;

    private MetadataHost(ServiceProvider services, ScratchDirectory scratch)
    {
        _services = services;
        _scratch = scratch;
    }

    public MetadataService Service => _services.GetServices<IRpcService>().OfType<MetadataService>().Single();

    public static CallContext Call { get; } = new() { Caller = Principal.Anonymous };

    public static async Task<MetadataHost> StartAsync(DatabaseFixture fixture)
    {
        var database = await fixture.CreateAsync();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(database);
        collection.AddKernel();
        collection.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = Path.GetTempPath(),
                ServerId = Path.GetRandomFileName(),
                HttpUrl = static () => new Uri("http://127.0.0.1:8080"),
                GrpcAddress = static () => "127.0.0.1:8081",
                Executable = "cairn",
            }
        );
        var scratch = new ScratchDirectory();
        collection.AddSingleton<IBlobStore>(provider => new DiskBlobStore(
            scratch["blobs"],
            provider.GetRequiredService<IIdSource>(),
            TimeProvider.System
        ));
        collection.AddRuns();
        collection.AddMetadata();
        collection.AddSingleton(TensorboardTables.Migrations);
        var host = new MetadataHost(collection.BuildServiceProvider(), scratch);
        await Migrations.ApplyAsync(database, host._services.GetServices<MigrationSet>());
        foreach (var hosted in host._services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        return host;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Waits for an operation's end; throws its error.</summary>
    public async Task<T> EndAsync<T>(Task<Operation> started)
        where T : IMessage<T>, new()
    {
        var operation = await started;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var operations = _services.GetServices<IRpcService>().OfType<OperationsService>().Single();
        while (!operation.Done)
        {
            await Task.Delay(20, deadline.Token);
            operation = await operations.GetOperation(new GetOperationRequest { Name = operation.Name }, Call);
        }

        return operation.Error is null
            ? operation.Response.Unpack<T>()
            : throw new StatusException((Code)operation.Error.Code, operation.Error.Message);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(default);
        }

        await _services.DisposeAsync();
        _scratch.Dispose();
    }
}
