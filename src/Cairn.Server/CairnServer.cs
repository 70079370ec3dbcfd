using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Server.Entry;
using Cairn.Server.Health;
using Cairn.Server.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Server;

/// <summary>A server: composed, started, stopped.</summary>
public sealed partial class CairnServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Listeners _listeners;
    private readonly DataFolder _folder;
    private bool _disposed;

    private CairnServer(WebApplication application, Listeners listeners, DataFolder folder)
    {
        _application = application;
        _listeners = listeners;
        _folder = folder;
    }

    /// <summary>Where REST is.</summary>
    public Uri HttpUrl => _listeners.HttpUrl;

    /// <summary>Host and port of cleartext gRPC.</summary>
    public string GrpcAddress => _listeners.GrpcAddress;

    /// <summary>Where both are under TLS, or null.</summary>
    public Uri? HttpsUrl => _listeners.HttpsUrl;

    public bool AuthenticationRequired => _listeners.AuthenticationRequired;

    /// <summary>Starts a server; when this returns, it answers.</summary>
    /// <exception cref="Kernel.Errors.StatusException">What was asked cannot be: a sentence for the person who started it.</exception>
    public static async Task<CairnServer> StartAsync(ServerOptions given, CancellationToken cancellation = default)
    {
        var options = given with { Data = Path.GetFullPath(given.Data) };
        var listeners = new Listeners(options);
        var folder = DataFolder.Open(options.Data);
        var crashed = ServerFile.Exists(options.Data);
        // A third of a start is reading the descriptors of the contracts: on a core of its own, while the rest of the server is put
        // together.
        var contracts = Task.Run(static () => ContractFiles.Largest, cancellation);
        try
        {
            var application = Build(options, listeners, crashed);
            application.Lifetime.ApplicationStopping.Register(listeners.Drain);
            foreach (var path in folder.Mend())
            {
                Log.Mended(application.Logger, path);
            }

            await Migrations.ApplyAsync(
                application.Services.GetRequiredService<IDatabase>(),
                application.Services.GetServices<MigrationSet>(),
                cancellation
            );
            await contracts;
            application.Run(application.Services.GetRequiredService<Entrance>().InvokeAsync);
            await application.StartAsync(cancellation);
            listeners.Read(application.Services.GetRequiredService<IServer>());
            ServerFile.Write(options.Data, listeners);
            // What has come into being with the start.
            folder.Mend();
            return new CairnServer(application, listeners, folder);
        }
        catch (StoreException failure)
        {
            folder.Dispose();
            throw failure.Status;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Every route and every gRPC method, with its permission and whether it is answered.</summary>
    public static async Task<IReadOnlyList<MethodCoverage>> ListMethodsAsync()
    {
        var scratch = Directory.CreateTempSubdirectory("cairn-methods-");
        try
        {
            var options = new ServerOptions { Data = scratch.FullName };
            var provider = Services(options, new Listeners(options)).BuildServiceProvider();
            await using var disposal = provider;
            return MethodCoverage.Of(provider.GetRequiredService<RpcCatalogue>(), provider.GetRequiredService<RouteTable>());
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Returns when the process is told to stop (SIGTERM, Ctrl-C) or the token fires, and the server has stopped.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation = default) =>
        await _application.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _application.StopAsync();
        await _application.DisposeAsync();
        ServerFile.Delete(_folder.Path);
        _folder.Dispose();
    }

    private static WebApplication Build(ServerOptions options, Listeners listeners, bool crashed)
    {
        // The content root is no one's working directory: the server reads no files from where it happens to be started.
        // Empty: nothing is read from the environment, and no middleware stands before the entrance.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = options.Data, ApplicationName = "cairn" }
        );
        builder.WebHost.UseKestrelCore();
        builder.Logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told by who asked for it, in one sentence; a background service that dies is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TransportMemory>();
        builder.WebHost.ConfigureKestrel(kestrel => listeners.Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
        // Before what works on the database in the background.
        builder.Services.AddSingleton<IHostedService>(provider => new CrashCheck(
            Path.Combine(options.Data, Composition.DatabaseFile),
            crashed,
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<ILogger<CrashCheck>>()
        ));
        Composition.Add(builder.Services, options, listeners);
        return builder.Build();
    }

    internal static ServiceCollection Services(ServerOptions options, Listeners listeners)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        Composition.Add(services, options, listeners);
        return services;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Others on this machine could open {Path}; now only the server's user can.")]
        public static partial void Mended(ILogger logger, string path);
    }
}
