using System.Buffers;
using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Rpc.Express;
using Cairn.Serving.Json;
using Cairn.Serving.Onnx;
using Cairn.Serving.Prediction;
using Cairn.Serving.Predictors;

namespace Cairn.Serving.Express;

/// <summary>
/// What most requests are. Rows of numbers for an ONNX model in this process go from the request's bytes into the model's input, and from
/// its output into the reply's bytes. Requests for a model in another process are looked through and passed on, and so are its replies.
/// </summary>
internal sealed class ExpressPrediction(EndpointRoutes routes, ServingOptions options, PredictionTelemetry telemetry) : IExpressHandler
{
    public async ValueTask<bool> TryAnswerAsync(ExpressCall call)
    {
        var endpoint = call.IsJson ? call.Variable("endpoint") : WireRows.Endpoint(call.Body.Span);
        if (endpoint is null)
        {
            return false;
        }

        call.Context.RequireProject(endpoint);
        var route = await routes.GetAsync(endpoint, call.Context.Cancellation);
        var target = route.Pick(Random.Shared);
        if (await target.Entry.HoldAsync(call.Context.Cancellation) is not { } predictor)
        {
            return false;
        }

        var began = telemetry.Begin();
        using var span = PredictionTelemetry.Span(target.Entry);
        try
        {
            var answered = predictor switch
            {
                OnnxPredictor { Express: { } model } onnx => await onnx.ComputeAsync(
                    () => TryAnswer(call, model, target),
                    call.Context.Cancellation
                ),
                { TakesJson: true } => Json(call) is { } body && await PassAsync(call, predictor, target, body, route.Timeout),
                _ => false,
            };
            if (answered)
            {
                telemetry.Ended(began, target.Entry);
            }

            return answered;
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

    /// <summary>The request as JSON; null where it is not of the usual form.</summary>
    private ReadOnlyMemory<byte>? Json(ExpressCall call)
    {
        if (call.IsJson)
        {
            // Without its type, null would be an empty body.
            return JsonBody.IsRequest(call.Body.Span, options.MaxInstances) ? call.Body : (ReadOnlyMemory<byte>?)null;
        }

        var json = new ArrayBufferWriter<byte>(Math.Max(256, call.Body.Length));
        return WireValues.TryWriteRequest(call.Body.Span, options.MaxInstances, json) ? json.WrittenMemory : (ReadOnlyMemory<byte>?)null;
    }

    private static async ValueTask<bool> PassAsync(
        ExpressCall call,
        IPredictor predictor,
        EndpointRoute.Target target,
        ReadOnlyMemory<byte> body,
        TimeSpan timeout
    )
    {
        var reply = await predictor.PredictRawAsync(new RawBody("application/json", body), timeout, call.Context.Cancellation);
        // The model has answered: from here on there is a reply or an error, and no second try.
        var predictions = JsonBody.Predictions(reply.Data);
        if (predictions.IsEmpty)
        {
            throw PredictionBodies.NoPredictions(target.Entry.Spec.Title);
        }

        if (call.IsJson)
        {
            call.Reply.Write("{\"predictions\":"u8);
            call.Reply.Write(predictions.Span);
            target.Tail.WriteJson(call.Reply);
        }
        else
        {
            new ValueWire(predictions).Write(call.Reply);
            call.Reply.Write(target.Tail.Wire.Span);
        }

        return true;
    }

    private bool TryAnswer(ExpressCall call, ExpressModel model, EndpointRoute.Target target)
    {
        using var rows = new NumberRows(model.Shape, options.MaxInstances);
        if (!(call.IsJson ? JsonRows.TryRead(call.Body.Span, rows) : WireRows.TryRead(call.Body.Span, rows)))
        {
            return false;
        }

        try
        {
            using var output = model.Run(rows, call.Context.Cancellation);
            if (output is null || !ExpressReply.CanWrite(output))
            {
                return false;
            }

            if (call.IsJson)
            {
                ExpressReply.WriteJson(call.Reply, output, target.Tail);
            }
            else
            {
                ExpressReply.WriteWire(call.Reply, output, target.Tail);
            }

            return true;
        }
        catch (OnnxException)
        {
            return false;
        }
    }
}
