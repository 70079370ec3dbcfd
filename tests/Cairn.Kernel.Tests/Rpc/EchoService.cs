using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Google.Api;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>
/// Handlers that show what reached them, bound to a published service so that the real descriptors and rules are under test.
/// </summary>
public sealed class EchoService : IRpcService
{
    public ServiceDescriptor Descriptor => PredictionServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("PredictionService");

    /// <summary>Answers with its instances, after <c>parameters.delayMs</c>, deaf to its token where <c>parameters.deaf</c>.</summary>
    [Permission("aiplatform.endpoints.predict")]
    public async Task<PredictResponse> Predict(PredictRequest request, CallContext context)
    {
        var fields = request.Parameters?.StructValue?.Fields;
        if (fields is not null && fields.TryGetValue("delayMs", out var delay))
        {
            await Task.Delay((int)delay.NumberValue, fields.ContainsKey("deaf") ? CancellationToken.None : context.Cancellation);
        }

        if (fields is not null && fields.TryGetValue("fail", out var how))
        {
            throw how.StringValue == "status"
                ? new StatusException(
                    Code.FailedPrecondition,
                    "no: ünïcode % and\nlines",
                    new Google.Rpc.LocalizedMessage { Locale = "en", Message = "ON_PURPOSE" }
                )
                : new InvalidOperationException("a secret of the implementation");
        }

        context.ResponseHeaders["x-echo"] = context.RequestHeader("x-ask") ?? "nothing";
        return new PredictResponse { Predictions = { request.Instances }, DeployedModelId = request.Endpoint };
    }

    [Permission("aiplatform.endpoints.predict")]
    public Task<HttpBody> RawPredict(RawPredictRequest request, CallContext context) =>
        Task.FromResult(request.HttpBody ?? new HttpBody { ContentType = "text/plain" });

    /// <summary>As many messages as <c>inputs</c> has, failing at one that is negative.</summary>
    [Permission("aiplatform.endpoints.predict")]
    public async IAsyncEnumerable<StreamingPredictResponse> ServerStreamingPredict(StreamingPredictRequest request, CallContext context)
    {
        foreach (var input in request.Inputs)
        {
            await Task.Yield();
            if (input.IntVal.Count > 0 && input.IntVal[0] < 0)
            {
                throw StatusException.Aborted("The stream broke on purpose.");
            }

            yield return new StreamingPredictResponse { Outputs = { input } };
        }
    }

    /// <summary>
    /// Each message's inputs as it comes, failing at one that is negative; and when there are no more, how many there were.
    /// </summary>
    [Permission("aiplatform.endpoints.predict")]
    public async IAsyncEnumerable<StreamingPredictResponse> StreamingPredict(
        IAsyncEnumerable<StreamingPredictRequest> requests,
        CallContext context
    )
    {
        var count = 0;
        await foreach (var request in requests.WithCancellation(context.Cancellation))
        {
            count++;
            yield return request.Inputs[0].IntVal[0] < 0
                ? throw StatusException.Aborted("The stream broke on purpose.")
                : new StreamingPredictResponse { Outputs = { request.Inputs } };
        }

        yield return new StreamingPredictResponse { Outputs = { new Tensor { IntVal = { count } } } };
    }
}
