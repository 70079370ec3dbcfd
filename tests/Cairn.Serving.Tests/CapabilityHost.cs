using Cairn.Data;
using Cairn.Data.Buckets;
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
using Google.LongRunning;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tests;

/// <summary>
/// The kernel on SQLite, the object store on disk and the capabilities under test, composed as the server does it, without listeners.
/// </summary>
public sealed class CapabilityHost : IAsyncDisposable
{
    public const string Parent = "projects/demo/locations/us-central1";
    public const string Bucket = "demo";

    private readonly ServiceProvider _services;
    private readonly string? _owned;

    private CapabilityHost(ServiceProvider services, string directory, string? owned)
    {
        _services = services;
        Directory = directory;
        _owned = owned;
    }

    public string Directory { get; }

    public static async Task<CapabilityHost> StartAsync(Action<IServiceCollection> capabilities, string? directory = null)
    {
        var owned = directory is null ? System.IO.Directory.CreateTempSubdirectory("cairn-test-").FullName : null;
        directory ??= owned!;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKernel();
        services.AddSingleton<IDatabase>(_ => new SqliteDatabase(Path.Combine(directory, "cairn.db")));
        services.AddSingleton<ITaskTokens, NoTokens>();
        services.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = directory,
                ServerId = Path.GetRandomFileName(),
                HttpUrl = () => new Uri("http://127.0.0.1:8080"),
                GrpcAddress = () => "127.0.0.1:8081",
                Executable = "cairn",
            }
        );
        services.AddData();
        capabilities(services);
        var host = new CapabilityHost(services.BuildServiceProvider(), directory, owned);
        await Migrations.ApplyAsync(host.Get<IDatabase>(), host._services.GetServices<MigrationSet>());
        if (await host.Get<BucketStore>().FindAsync(Bucket, default) is null)
        {
            await host.Get<BucketStore>().CreateAsync(new Bucket { Name = Bucket, Project = "demo" }, default);
        }

        foreach (var service in host._services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }

        return host;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public T Rpc<T>()
        where T : IRpcService => _services.GetServices<IRpcService>().OfType<T>().Single();

    public static CallContext Call(CancellationToken cancellation = default, string? project = null) =>
        new() { Caller = project is null ? Principal.Anonymous : new Principal("task:1", ["*"], project), Cancellation = cancellation };

    public Task PutAsync(string name, byte[] content) => Get<IObjects>().PutAsync(new GsUri(Bucket, name), new MemoryStream(content));

    /// <summary>Waits for an operation's end; throws its error.</summary>
    public async Task<T> ResponseAsync<T>(Task<Operation> started)
        where T : IMessage<T>, new()
    {
        var operation = await EndAsync(started);
        return operation.Error is null
            ? operation.Response.Unpack<T>()
            : throw new Cairn.Kernel.Errors.StatusException((Google.Rpc.Code)operation.Error.Code, operation.Error.Message);
    }

    public async Task<Operation> EndAsync(Task<Operation> started)
    {
        var operation = await started;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!operation.Done)
        {
            await Task.Delay(20, deadline.Token);
            operation = await Rpc<OperationsService>().GetOperation(new GetOperationRequest { Name = operation.Name }, Call());
        }

        return operation;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(default);
        }

        await _services.DisposeAsync();
        if (_owned is not null)
        {
            System.IO.Directory.Delete(_owned, recursive: true);
        }
    }

    private sealed class NoTokens : ITaskTokens
    {
        public Task<string> IssueAsync(string task, string project, CancellationToken cancellation = default) => Task.FromResult("");

        public Task RevokeAsync(string task, CancellationToken cancellation = default) => Task.CompletedTask;
    }
}
