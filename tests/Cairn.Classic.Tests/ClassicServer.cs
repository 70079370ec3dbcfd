using Cairn.OnnxModels;
using Cairn.Testing;

namespace Cairn.Classic.Tests;

/// <summary>A server with an ONNX model in a bucket, and the calls of the classic API.</summary>
internal sealed class ClassicServer : IAsyncDisposable
{
    public const string Project = "/v1/projects/demo";

    public ServerProcess Process { get; private set; } = null!;

    public RestClient Rest { get; private set; } = null!;

    public static async Task<ClassicServer> StartAsync()
    {
        var server = new ClassicServer { Process = await ServerProcess.StartAsync() };
        server.Rest = new RestClient(server.Process.Http);
        await server.Rest.CreateBucketAsync("models");
        await server.Rest.UploadAsync("models", "linear/model.onnx", SampleModels.LinearRegression());
        return server;
    }

    public Task CreateModelAsync(string name) => Rest.PostAsync($"{Project}/models", new { name });

    public static object Version(string name) => new { name, deploymentUri = "gs://models/linear" };

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        await Process.DisposeAsync();
    }
}
