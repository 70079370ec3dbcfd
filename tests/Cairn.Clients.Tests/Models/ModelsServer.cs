using System.Reflection;
using Cairn.OnnxModels;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Models;

/// <summary>A real server with an ONNX model in a bucket, and the clients of Vertex AI pointed at it.</summary>
public sealed class ModelsServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public ScratchDirectory Files { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Process = await ServerProcess.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(Process.Http) };
        using var bucket = new StringContent("""{"name": "models-demo"}""", System.Text.Encoding.UTF8, "application/json");
        (await client.PostAsync("/storage/v1/b?project=demo", bucket)).EnsureSuccessStatusCode();
        using var model = new ByteArrayContent(SampleModels.LinearRegression());
        (await client.PostAsync("/upload/storage/v1/b/models-demo/o?uploadType=media&name=linear/model.onnx", model)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Files.Dispose();
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
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"] = $"{Process.Http}/",
                ["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true",
            },
            Files.Path);
    }

    public ClientProgram Node()
    {
        SkipWithout("node", "Node");
        var modules = typeof(ModelsServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NodeModules").Value!;
        return new ClientProgram(
            "node",
            new Dictionary<string, string> { ["NODE_PATH"] = modules, ["GOOGLE_CLOUD_PROJECT"] = "demo", ["CAIRN_GRPC_PORT"] = Process.Grpc.Split(':')[1] },
            Files.Path);
    }

    private static void SkipWithout(string program, string product)
    {
        if (!ClientProgram.Exists(program))
        {
            Assert.Skip($"'{program}' ({product}) is not installed.");
        }
    }
}
