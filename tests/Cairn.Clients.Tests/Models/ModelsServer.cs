using Cairn.OnnxModels;

namespace Cairn.Clients.Tests.Models;

/// <summary>A server with an ONNX model in a bucket.</summary>
public sealed class ModelsServer : ClientServer
{
    protected override async Task PrepareAsync()
    {
        await Rest.CreateBucketAsync("models-demo");
        await Rest.UploadAsync("models-demo", "linear/model.onnx", SampleModels.LinearRegression());
    }
}
