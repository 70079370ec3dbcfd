using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cairn.Bench.Peers;

/// <summary>Kestrel that reads the request and answers given bytes: over HTTP/1.1, and as a gRPC reply over HTTP/2.</summary>
internal sealed class PlainKestrel : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PlainKestrel(WebApplication application, int httpPort, int grpcPort)
    {
        _application = application;
        HttpPort = httpPort;
        GrpcPort = grpcPort;
    }

    public int HttpPort { get; }

    public int GrpcPort { get; }

    public static async Task<PlainKestrel> StartAsync(byte[] body, byte[] grpcFrame)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        var application = builder.Build();
        application.Run(async context =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync();
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            var grpc = HttpProtocol.IsHttp2(context.Request.Protocol);
            context.Response.ContentType = grpc ? "application/grpc" : "application/json; charset=UTF-8";
            if (!grpc)
            {
                context.Response.ContentLength = body.Length;
            }

            await context.Response.BodyWriter.WriteAsync(grpc ? grpcFrame : body);
            if (grpc)
            {
                context.Response.AppendTrailer("grpc-status", "0");
            }
        });
        await application.StartAsync();
        var ports = application
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(static address => new Uri(address).Port)
            .ToArray();
        return new PlainKestrel(application, ports[0], ports[1]);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
