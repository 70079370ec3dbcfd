using Cairn.Data;
using Cairn.Kernel;
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
using Cairn.Tensorboards.Service;
using Cairn.Testing;
using Google.LongRunning;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Tests.Tensorboards;

/// <summary>The kernel with the object store and tracking, on an empty database of one engine.</summary>
public sealed class TensorboardHost : IAsyncDisposable
{
    public const string Parent = "projects/demo/locations/us-central1";

    private readonly ServiceProvider _services;
    private readonly ScratchDirectory _scratch;

    private TensorboardHost(ServiceProvider services, ScratchDirectory scratch)
    {
        _services = services;
        _scratch = scratch;
    }

    internal TensorboardService Service => _services.GetServices<IRpcService>().OfType<TensorboardService>().Single();

    public static CallContext Call { get; } = new() { Caller = Principal.Anonymous };

    public static async Task<TensorboardHost> StartAsync(DatabaseFixture fixture)
    {
        var database = await fixture.CreateAsync();
        var scratch = new ScratchDirectory();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(database);
        collection.AddKernel();
        collection.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = scratch.Path,
                ServerId = Path.GetRandomFileName(),
                HttpUrl = static () => new Uri("http://127.0.0.1:8080"),
                GrpcAddress = static () => "127.0.0.1:8081",
                Executable = "cairn",
            }
        );
        collection.AddData();
        collection.AddTracking().AddTensorboards().AddMetadata();
        var host = new TensorboardHost(collection.BuildServiceProvider(), scratch);
        await Migrations.ApplyAsync(database, host._services.GetServices<MigrationSet>());
        return host;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The answer of an operation that is done already.</summary>
    public static async Task<T> EndAsync<T>(Task<Operation> started)
        where T : IMessage<T>, new()
    {
        var operation = await started;
        operation.Done.ShouldBeTrue();
        return operation.Error is null
            ? operation.Response.Unpack<T>()
            : throw new StatusException((Code)operation.Error.Code, operation.Error.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _scratch.Dispose();
    }
}
