using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Entry;

/// <summary>
/// Where every request comes in: origin, identity, route, permission, limits; then the door. What goes wrong on the way is answered in the
/// form of the protocol that was spoken.
/// </summary>
internal sealed partial class Entrance(
    RouteTable routes,
    GrpcTransport grpc,
    IAuthenticator authenticator,
    OriginGuard guard,
    CrossOriginGate crossOrigin,
    IHostApplicationLifetime lifetime,
    DiskReserve reserve,
    RequestTelemetry telemetry,
    ILogger<Entrance> logger
)
{
    private readonly ServerState _state = new(lifetime.ApplicationStopping, reserve.Require);

    public Task InvokeAsync(HttpContext context)
    {
        context.Features.Set(_state);
        return GrpcTransport.IsGrpc(context.Request) ? GrpcAsync(context) : HttpAsync(context);
    }

    private async Task GrpcAsync(HttpContext context)
    {
        var began = telemetry.Begin();
        try
        {
            guard.Check(context.Request);
            context.Features.Set(await authenticator.AuthenticateAsync(context));
        }
        catch (Exception error)
        {
            telemetry.RpcEnded(began, new(null, grpc.Fail(context, error)));
            return;
        }

        telemetry.RpcEnded(began, await grpc.InvokeAsync(context));
    }

    private async Task HttpAsync(HttpContext context)
    {
        var began = telemetry.Begin();
        Route? route = null;
        string? admitted = null;
        try
        {
            var foreign = guard.CheckSender(context.Request);
            await MethodOverride.ApplyAsync(context);
            var path = RequestPath.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            if (foreign && await crossOrigin.AdmitAsync(context, path))
            {
                return;
            }

            if (routes.Match(context.Request.Method, path) is not { } match)
            {
                await authenticator.AuthenticateAsync(context);
                throw NoRoute(context, routes.Allowed(path));
            }

            route = match.Route;
            if (match.Route.Permission != IRoutes.Public)
            {
                var caller = await authenticator.AuthenticateAsync(context);
                context.Features.Set(caller);
                if (foreign)
                {
                    CrossOriginGate.RequireToken(context.Request, caller);
                }

                if (match.Route.Permission != IRoutes.AnyCaller && !caller.May(match.Route.Permission))
                {
                    throw StatusException.PermissionDenied($"'{caller.Name}' lacks the permission '{match.Route.Permission}'.");
                }

                context.Admit(match.Route.Permission);
            }

            admitted = match.Route.Template.Text;
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = match.Route.MaxBody;
            }

            InflatedBody.Replace(context.Request, match.Route.MaxBody);
            await match.Route.Handler(context, match.Values);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is no one to answer.
        }
        catch (Exception error)
        {
            await FailAsync(context, error, route?.OnError ?? ErrorWriter.WriteAsync);
        }
        finally
        {
            telemetry.HttpEnded(context, began, admitted);
        }
    }

    private async Task FailAsync(HttpContext context, Exception error, Func<HttpContext, StatusException, Task> write)
    {
        var status = error switch
        {
            StatusException known => known,
            _ when StorageErrors.Of(error) is { } known => known,
            BadHttpRequestException { StatusCode: 413 } => StatusException.InvalidArgument(
                "The request's body is larger than this method accepts."
            ),
            BadHttpRequestException bad => StatusException.InvalidArgument(bad.Message),
            IOException { InnerException: OverflowException } => StatusException.InvalidArgument(
                "The request's body has a chunk whose size is larger than any."
            ),
            _ => new StatusException(Code.Internal, "The server failed on this request; its log says more."),
        };
        if (status.Code == Code.Internal && error is not StatusException)
        {
            Log.Failed(logger, error, context.Request.Method, context.Request.Path.Value ?? "");
        }

        if (context.Response.HasStarted)
        {
            // Half an answer has been sent: breaking the connection is the only way left to say that it is not whole.
            context.Abort();
            return;
        }

        context.Response.Clear();
        await write(context, status);
    }

    private static StatusException NoRoute(HttpContext context, IReadOnlyCollection<string> allowed)
    {
        if (allowed.Count == 0)
        {
            return StatusException.NotFound(
                $"There is nothing at {context.Request.Path.Value}. 'cairn server --list-methods' lists what this server answers."
            );
        }

        var methods = string.Join(", ", allowed);
        context.Response.Headers.Allow = methods;
        return StatusException.Unimplemented($"{context.Request.Method} is not possible at {context.Request.Path.Value}; {methods} is.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed.")]
        public static partial void Failed(ILogger logger, Exception error, string method, string path);
    }
}
