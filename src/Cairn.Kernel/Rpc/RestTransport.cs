using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Express;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>The same methods over REST and JSON, by their <c>google.api.http</c> rules.</summary>
public sealed class RestTransport(IEnumerable<RpcMethod> methods) : IDoor
{
    /// <summary>The largest request body in bytes.</summary>
    public const int MaxBody = 64 << 20;

    public void Map(IRoutes routes)
    {
        foreach (var method in methods)
        {
            foreach (var rule in RestRules.Of(method.Descriptor))
            {
                routes.Add(
                    rule.Method,
                    rule.Template,
                    method.Permission,
                    (context, values) => AnswerAsync(method, rule, context, values),
                    MaxBody
                );
            }
        }
    }

    private static async Task AnswerAsync(RpcMethod method, RestRule rule, HttpContext context, RouteValues values)
    {
        using var body =
            rule.Body.Length > 0 && !RestRequests.TakesRaw(method.Descriptor.InputType, rule)
                ? await RestRequests.BodyAsync(context)
                : null;
        using var deadline = Deadline(context);
        using var ending = RpcCalls.Ending(method, context, deadline?.Token ?? context.RequestAborted);
        var call = new CallContext
        {
            Caller = context.Caller(),
            Cancellation = ending?.Token ?? deadline?.Token ?? context.RequestAborted,
            Request = context.Request,
        };
        try
        {
            if (method.Express is { } express && body is not null && rule.Body == "*")
            {
                RpcCalls.Authorize(method, call.Caller);
                using var json = new PooledBuffer(RestReplies.FirstBuffer);
                if (await express.TryAnswerAsync(new ExpressCall(call, body.Written, values, json)))
                {
                    call.WriteHeaders(context.Response);
                    await RestReplies.WriteJsonAsync(context, json);
                    return;
                }
            }

            var request = await RestRequests.ReadAsync(method.Descriptor.InputType, rule, context, values, body);
            if (method.Descriptor.IsServerStreaming)
            {
                await RestReplies.WriteArrayAsync(method, request, call, context);
                return;
            }

            var reply = await RpcCalls.InvokeAsync(method, request, call);
            call.WriteHeaders(context.Response);
            await RestReplies.WriteAsync(context, reply, rule);
        }
        catch (OperationCanceledException error) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw RpcCalls.ToStatus(
                deadline?.IsCancellationRequested == true ? error : RpcCalls.OrStopping(error, context),
                deadline?.IsCancellationRequested == true
            );
        }
    }

    /// <summary>Google's own header for how long the caller waits, in seconds; null where it does not say.</summary>
    private static CancellationTokenSource? Deadline(HttpContext context)
    {
        var text = context.Request.Headers["x-server-timeout"];
        if (
            text.Count == 0
            || !double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            || seconds is not (> 0 and < 4e6)
        )
        {
            return null;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        source.CancelAfter(TimeSpan.FromSeconds(seconds));
        return source;
    }
}
