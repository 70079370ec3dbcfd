using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Rpc.Express;
using Cairn.Serving.Onnx;
using Cairn.Serving.Prediction;

namespace Cairn.Serving.Express;

/// <summary>
/// Rows of numbers for an ONNX model in this process, which is what most requests are: from the request's bytes into the model's input, and from its output into the reply's bytes.
/// </summary>
internal sealed class ExpressPrediction(EndpointRoutes routes, ServingOptions options) : IExpressHandler
{
    public async ValueTask<bool> TryAnswerAsync(ExpressCall call)
    {
        var endpoint = call.IsJson ? call.Variable("endpoint") : WireRows.Endpoint(call.Body.Span);
        if (endpoint is null)
        {
            return false;
        }

        call.Context.RequireProject(endpoint);
        var target = (await routes.GetAsync(endpoint, call.Context.Cancellation).ConfigureAwait(false)).Pick(Random.Shared);
        if (await target.Entry.HoldAsync(call.Context.Cancellation).ConfigureAwait(false) is not { } predictor)
        {
            return false;
        }

        try
        {
            return predictor is OnnxPredictor { Express: { } model } onnx && await onnx.ComputeAsync(() => TryAnswer(call, model, target), call.Context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            target.Entry.Release();
        }
    }

    private bool TryAnswer(ExpressCall call, ExpressModel model, EndpointRoute.Target target)
    {
        using var rows = new NumberRows(model.Columns, options.MaxInstances);
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
