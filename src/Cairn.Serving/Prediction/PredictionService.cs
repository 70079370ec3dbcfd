using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Rpc.Express;
using Cairn.Kernel.Security;
using Cairn.Serving.Express;
using Cairn.Serving.Json;
using Cairn.Serving.Predictors;
using Google.Api;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Serving.Prediction;

/// <summary>Vertex's <c>PredictionService</c>, as far as deployed models go.</summary>
public sealed class PredictionService(EndpointRoutes routes, ServingOptions options, PredictionTelemetry telemetry) : IRpcService
{
    private const int MaxRetries = 5;

    private readonly ExpressPrediction _express = new(routes, options, telemetry);

    public ServiceDescriptor Descriptor => PredictionServiceReflection.Descriptor.Services[0];

    public IExpressHandler? Express(string method) => method == nameof(Predict) ? _express : null;

    [Permission("aiplatform.endpoints.predict")]
    public Task<PredictResponse> Predict(PredictRequest request, CallContext context)
    {
        context.RequireProject(request.Endpoint);
        return PredictAsync(request, null, context);
    }

    /// <summary>Answers by a deployed model that is named, or, without a name, by one that the endpoint's traffic split chooses.</summary>
    public async Task<PredictResponse> PredictAsync(PredictRequest request, string? deployedModelId, CallContext context)
    {
        if (request.Instances.Count == 0)
        {
            throw PredictionBodies.Empty();
        }

        if (request.Instances.Count > options.MaxInstances)
        {
            throw StatusException.InvalidArgument(
                $"`instances` has {request.Instances.Count} entries; one request may have {options.MaxInstances}."
            );
        }

        var (route, target, predictor) = await HoldAsync(request.Endpoint, deployedModelId, context.Cancellation);
        var began = telemetry.Begin();
        using var span = PredictionTelemetry.Span(target.Entry);
        try
        {
            var response = target.Reply();
            await predictor.PredictAsync(
                new PredictionRequest(request.Instances, request.Parameters, route.Timeout),
                response.Predictions,
                context.Cancellation
            );
            telemetry.Ended(began, target.Entry);
            return response;
        }
        catch (Exception error) when (telemetry.Failed(began, target.Entry, error))
        {
            throw;
        }
        finally
        {
            target.Entry.Release();
        }
    }

    [Permission("aiplatform.endpoints.predict")]
    public Task<HttpBody> RawPredict(RawPredictRequest request, CallContext context) =>
        RawAsync(request.Endpoint, request.HttpBody, context);

    [Permission("aiplatform.endpoints.predict")]
    public async IAsyncEnumerable<HttpBody> StreamRawPredict(StreamRawPredictRequest request, CallContext context)
    {
        yield return await RawAsync(request.Endpoint, request.HttpBody, context);
    }

    private async Task<HttpBody> RawAsync(string endpoint, HttpBody? body, CallContext context)
    {
        context.RequireProject(endpoint);
        var data = body?.Data ?? ByteString.Empty;
        if (data.Length > options.MaxRawBytes)
        {
            throw StatusException.InvalidArgument($"The body has {data.Length} bytes; one request may have {options.MaxRawBytes}.");
        }

        var (route, target, predictor) = await HoldAsync(endpoint, null, context.Cancellation);
        var began = telemetry.Begin();
        using var span = PredictionTelemetry.Span(target.Entry);
        try
        {
            var reply = await predictor.PredictRawAsync(
                new RawBody(body?.ContentType ?? "", data.Memory),
                route.Timeout,
                context.Cancellation
            );
            telemetry.Ended(began, target.Entry);
            context.ResponseHeaders["x-vertex-ai-deployed-model-id"] = target.DeployedModelId;
            context.ResponseHeaders["x-vertex-ai-model"] = target.Model;
            context.ResponseHeaders["x-vertex-ai-model-display-name"] = HeaderText(target.ModelDisplayName);
            context.ResponseHeaders["x-vertex-ai-model-version-id"] = target.ModelVersionId;
            return new HttpBody { ContentType = reply.ContentType, Data = UnsafeByteOperations.UnsafeWrap(reply.Data) };
        }
        catch (Exception error) when (telemetry.Failed(began, target.Entry, error))
        {
            throw;
        }
        finally
        {
            target.Entry.Release();
        }
    }

    private async ValueTask<(EndpointRoute Route, EndpointRoute.Target Target, IPredictor Predictor)> HoldAsync(
        string endpoint,
        string? deployedModelId,
        CancellationToken cancellation
    )
    {
        for (var tries = 0; ; tries++)
        {
            var route = await routes.GetAsync(endpoint, cancellation);
            var target = deployedModelId is null ? route.Pick(Random.Shared) : route.Find(deployedModelId);
            if (await target.Entry.HoldAsync(cancellation) is { } predictor)
            {
                return (route, target, predictor);
            }

            // Undeployed between the two lines above: the route is another now.
            if (tries == MaxRetries)
            {
                throw StatusException.Unavailable($"Endpoint '{endpoint}' is being changed; try again.");
            }

            routes.Invalidate(endpoint);
        }
    }

    /// <summary>Header values are ASCII; what is not is percent-encoded.</summary>
    private static string HeaderText(string text) => text.All(c => c is >= ' ' and <= '~') ? text : Uri.EscapeDataString(text);
}
