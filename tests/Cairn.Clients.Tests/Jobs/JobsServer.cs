using System.Reflection;
using System.Text;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Jobs;

/// <summary>A real server, and the clients of Vertex AI's jobs pointed at it, as the documentation says.</summary>
public sealed class JobsServer : IAsyncLifetime
{
    private ServerProcess process = null!;

    /// <summary>Where the clients run, and keep their files.</summary>
    public ScratchDirectory Files { get; } = new();

    public async ValueTask InitializeAsync()
    {
        process = await ServerProcess.StartAsync();
        using var http = new HttpClient();
        using var bucket = new StringContent("""{"name":"demo-bucket"}""", Encoding.UTF8, "application/json");
        (await http.PostAsync($"{process.Http}/storage/v1/b?project=demo", bucket)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Files.Dispose();
    }

    public async Task UploadAsync(string name, byte[] content)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent(content);
        (await http.PostAsync($"{process.Http}/upload/storage/v1/b/demo-bucket/o?uploadType=media&name={Uri.EscapeDataString(name)}", body)).EnsureSuccessStatusCode();
    }

    public ClientProgram Gcloud()
    {
        SkipWithout("gcloud", "Google Cloud CLI");
        return new ClientProgram(
            "gcloud",
            new Dictionary<string, string>
            {
                ["CLOUDSDK_CONFIG"] = Directory.CreateDirectory(Files["gcloud-config"]).FullName,
                ["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"] = "true",
                ["CLOUDSDK_CORE_PROJECT"] = "demo",
                ["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "1",
                ["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"] = $"{process.Http}/",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING"] = $"{process.Http}/",
            },
            Files.Path);
    }

    public ClientProgram Node()
    {
        SkipWithout("node", "Node");
        var modules = typeof(JobsServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "NodeModules").Value!;
        if (!Directory.Exists(Path.Combine(modules, "@google-cloud/aiplatform")))
        {
            Assert.Skip("The package @google-cloud/aiplatform is not installed: run `make deps`.");
        }

        return new ClientProgram(
            "node",
            new Dictionary<string, string> { ["NODE_PATH"] = modules, ["CAIRN_GRPC"] = process.Grpc, ["GOOGLE_CLOUD_PROJECT"] = "demo" },
            Files.Path);
    }

    private static void SkipWithout(string program, string product)
    {
        if (!ClientProgram.Exists(program))
        {
            Assert.Skip($"{program} ({product}) is not installed.");
        }
    }
}
