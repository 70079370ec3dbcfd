using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Tests.Telemetry;

/// <summary>A collector of OTLP over HTTP with protobuf, on a free port: it keeps the spans and the names of the metrics that it is sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;

    private OtlpReceiver(WebApplication application) => _application = application;

    public ConcurrentBag<ReceivedSpan> Spans { get; } = [];

    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    public string Url => _application.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._application.Run(receiver.TakeAsync);
        await receiver._application.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var body = await ByteString.FromStreamAsync(context.Request.Body);
        // ExportTraceServiceRequest and ExportMetricsServiceRequest: resources (1), scopes in them (2), what is sent in those (2).
        var sent = Messages(body, 1).SelectMany(static resource => Messages(resource, 2)).SelectMany(static scope => Messages(scope, 2));
        foreach (var one in sent)
        {
            if (context.Request.Path == "/v1/traces")
            {
                Spans.Add(ReceivedSpan.Read(one));
            }
            else if (context.Request.Path == "/v1/metrics")
            {
                Metrics[Messages(one, 1).Single().ToStringUtf8()] = true;
            }
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>The values of a field that holds bytes, text or messages.</summary>
    internal static List<ByteString> Messages(ByteString message, int field)
    {
        var found = new List<ByteString>();
        var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                found.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
