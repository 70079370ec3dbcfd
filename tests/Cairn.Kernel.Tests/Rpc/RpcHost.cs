using System.Net;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tenancy;
using Cairn.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>The dispatcher on a real Kestrel, with <see cref="EchoService"/> behind it and nothing else.</summary>
public sealed class RpcHost : IAsyncLifetime
{
    private WebApplication _application = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Host and port.</summary>
    public string GrpcAddress { get; private set; } = "";

    public GrpcClient Grpc { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var methods = new RpcCatalogue([new EchoService()], static () => ContractFiles.VertexServices, new TenantGate(new NoBuckets()));
        var grpc = new GrpcTransport(methods, NullLogger<GrpcTransport>.Instance);
        var routes = new RouteTable();
        new RestTransport(methods.OfServices).Map(routes);
        routes.AddLater(more => new RestTransport(methods.OfOthers).Map(more));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        _application = builder.Build();
        _application.Run(async context =>
        {
            context.Features.Set(Principal.Anonymous);
            if (GrpcTransport.IsGrpc(context.Request))
            {
                await grpc.InvokeAsync(context);
                return;
            }

            try
            {
                var match =
                    routes.Match(context.Request.Method, RequestPath.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget))
                    ?? throw Errors.StatusException.NotFound("no route");
                await match.Route.Handler(context, match.Values);
            }
            catch (Errors.StatusException error)
            {
                await ErrorWriter.WriteAsync(context, error);
            }
        });
        await _application.StartAsync();
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        Grpc = new GrpcClient(addresses[1]);
        GrpcAddress = new Uri(addresses[1]).Authority;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await _application.DisposeAsync();
    }
}
