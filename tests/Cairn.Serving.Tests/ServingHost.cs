using Cairn.Data;
using Cairn.Models;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Prediction;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Serving.Tests;

/// <summary>Models and endpoints on a real store, and the verbs that tests repeat.</summary>
internal sealed class ServingHost(CapabilityHost host) : IAsyncDisposable
{
    public CapabilityHost Host => host;

    public ModelService Models => host.Rpc<ModelService>();

    public EndpointService Endpoints => host.Rpc<EndpointService>();

    public PredictionService Predictions => host.Rpc<PredictionService>();

    public static async Task<ServingHost> StartAsync(ServingOptions? options = null, string? directory = null) =>
        new(await CapabilityHost.StartAsync(services => services.AddModels().AddServing(options), directory));

    public async Task<string> UploadAsync(
        string folder,
        string image,
        Dictionary<string, byte[]> files,
        ModelContainerSpec? container = null
    )
    {
        foreach (var (name, content) in files)
        {
            await host.PutAsync($"{folder}/{name}", content);
        }

        var model = new Model
        {
            DisplayName = folder,
            ArtifactUri = files.Count == 0 ? "" : $"gs://demo/{folder}",
            ContainerSpec = container ?? new ModelContainerSpec(),
        };
        model.ContainerSpec.ImageUri = image;
        var request = new UploadModelRequest { Parent = CapabilityHost.Parent, Model = model };
        return (await host.ResponseAsync<UploadModelResponse>(Models.UploadModel(request, CapabilityHost.Call()))).Model;
    }

    public Task<string> UploadOnnxAsync(string folder, byte[] model) =>
        UploadAsync(folder, "cairn/onnx:latest", new() { ["model.onnx"] = model });

    public async Task<string> CreateEndpointAsync(string name = "e")
    {
        var request = new CreateEndpointRequest
        {
            Parent = CapabilityHost.Parent,
            Endpoint = new Endpoint { DisplayName = name },
        };
        return (await host.ResponseAsync<Endpoint>(Endpoints.CreateEndpoint(request, CapabilityHost.Call()))).Name;
    }

    public Task<Operation> StartDeployAsync(string endpoint, string model, int replicas = 1, params (string Id, int Percent)[] split)
    {
        var request = new DeployModelRequest
        {
            Endpoint = endpoint,
            DeployedModel = new DeployedModel
            {
                Model = model,
                DedicatedResources = new DedicatedResources
                {
                    MachineSpec = new MachineSpec { MachineType = "n1-standard-2" },
                    MinReplicaCount = replicas,
                    MaxReplicaCount = replicas,
                },
            },
        };
        foreach (var (id, percent) in split)
        {
            request.TrafficSplit[id] = percent;
        }

        return Endpoints.DeployModel(request, CapabilityHost.Call());
    }

    public async Task<string> DeployAsync(string endpoint, string model, int replicas = 1, params (string Id, int Percent)[] split) =>
        (await host.ResponseAsync<DeployModelResponse>(StartDeployAsync(endpoint, model, replicas, split))).DeployedModel.Id;

    public Task<PredictResponse> PredictAsync(
        string endpoint,
        string instances,
        CancellationToken cancellation = default,
        string? parameters = null
    )
    {
        var request = new PredictRequest
        {
            Endpoint = endpoint,
            Parameters = parameters is null ? null : Value.Parser.ParseJson(parameters),
        };
        request.Instances.AddRange(Value.Parser.ParseJson(instances).ListValue.Values);
        return Predictions.Predict(request, CapabilityHost.Call(cancellation));
    }

    /// <summary>The predictions as JSON.</summary>
    public async Task<string> AskAsync(string endpoint, string instances, string? parameters = null) =>
        string.Join(
            ";",
            (await PredictAsync(endpoint, instances, default, parameters)).Predictions.Select(p => JsonFormatter.Default.Format(p))
        );

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
