using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Jobs;
using Cairn.Server;

namespace Cairn.Bench;

/// <summary>A Cairn server in this process on an empty folder, with the calls that set a benchmark up.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    public const string Location = "projects/bench/locations/us-central1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cairn-bench-");

    private BenchServer() { }

    public CairnServer Server { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public int HttpPort => Server.HttpUrl.Port;

    public int GrpcPort => int.Parse(Server.GrpcAddress.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="program">What runs the agents of jobs, for a benchmark that has any.</param>
    /// <param name="jobs">How jobs run; as a server does it by itself if not given.</param>
    /// <param name="fill">Fills the server's folder before it starts; is given its path.</param>
    public static async Task<BenchServer> StartAsync(string? program = null, Func<string, Task>? fill = null, JobsOptions? jobs = null)
    {
        var bench = new BenchServer();
        if (fill is not null)
        {
            await fill(Directory.CreateDirectory(Path.Combine(bench._folder.FullName, "data")).FullName);
        }

        bench.Server = await CairnServer.StartAsync(
            new ServerOptions
            {
                Data = Path.Combine(bench._folder.FullName, "data"),
                Http = "127.0.0.1:0",
                Grpc = "127.0.0.1:0",
                Executable = program,
                Jobs = jobs ?? new JobsOptions(),
            }
        );
        bench.Http = new HttpClient { BaseAddress = bench.Server.HttpUrl };
        return bench;
    }

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    /// <summary>Posts and waits for the operation that comes back.</summary>
    public async Task<JsonNode> OperateAsync(string path, object body)
    {
        var operation = await PostAsync(path, body);
        while (operation["done"] is null)
        {
            await Task.Delay(20);
            operation = await ReadAsync(await Http.GetAsync("/v1/" + (string)operation["name"]!));
        }

        return operation["response"] ?? throw new InvalidOperationException(operation.ToJsonString());
    }

    public async Task PutObjectAsync(string bucket, string name, byte[] content)
    {
        using var response = await Http.PostAsync(
            $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}",
            new ByteArrayContent(content)
        );
        await ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{response.RequestMessage!.RequestUri}: {text}");
    }
}
