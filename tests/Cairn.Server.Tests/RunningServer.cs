using System.Net;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Security;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>A server in this process, on free ports and an empty folder.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();

    public string Data => _scratch["data"];

    public CairnServer Server { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public GrpcClient Grpc { get; private set; } = null!;

    public static ServerOptions Options(string data) =>
        new()
        {
            Data = data,
            Http = "127.0.0.1:0",
            Grpc = "127.0.0.1:0",
            Executable = ServerProcess.Executable,
        };

    /// <summary>An administrator's token, made as on the server's machine: in the store that is in its folder.</summary>
    public static async Task<string> AdministratorAsync(string data)
    {
        await using var database = new SqliteDatabase(Path.Combine(data, "cairn.db"));
        return (
            await new TokenStore(database, TimeProvider.System, new RandomIdSource()).CreateAsync(
                "user:root",
                Role.Find("admin"),
                null,
                null
            )
        ).Secret;
    }

    public async ValueTask InitializeAsync()
    {
        Server = await CairnServer.StartAsync(Options(_scratch["data"]));
        Http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = Server.HttpUrl,
        };
        Grpc = new GrpcClient(Server.GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await Server.DisposeAsync();
        _scratch.Dispose();
    }
}
