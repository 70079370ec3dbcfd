using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Telemetry;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>
/// How long calls take, by method and code: gRPC by OpenTelemetry's conventions for RPC, every other door by those for HTTP. Each value of
/// a label is one of a bounded set: what a client chooses is never one, and a caller who has not been let in makes none for each route.
/// </summary>
public sealed class RequestTelemetry
{
    public const string Http = "http.server.request.duration";
    public const string Rpc = "rpc.server.call.duration";

    /// <summary>What the conventions call a method that is none of the known ones.</summary>
    private const string Other = "_OTHER";

    /// <summary>How this server's errors say that the client did not wait for the answer.</summary>
    private const int ClientGone = 499;

    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(static status => (object)status)];

    private readonly Histogram<double> _http;
    private readonly Histogram<double> _rpc;

    public RequestTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Meter);
        _http = meter.CreateHistogram(Http, "s", "How long HTTP requests took, but for gRPC's.", null, Buckets.Calls);
        _rpc = meter.CreateHistogram(Rpc, "s", "How long calls of gRPC took.", null, Buckets.Calls);
    }

    /// <summary>When a request began; 0 where nobody measures.</summary>
    public long Begin() => _http.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="context">The request, answered.</param>
    /// <param name="began">From <see cref="Begin"/>.</param>
    /// <param name="route">The template of its path; null where there is none, or the caller was not let in.</param>
    public void HttpEnded(HttpContext context, long began, string? route)
    {
        var span = TelemetryNames.Recorded;
        if (began == 0 && span is null)
        {
            return;
        }

        var gone = !context.Response.HasStarted && context.RequestAborted.IsCancellationRequested;
        var status = gone ? ClientGone : context.Response.StatusCode;
        var tags = new TagList
        {
            { "http.request.method", Method(context.Request.Method) },
            { "url.scheme", context.Request.IsHttps ? "https" : "http" },
            { "http.response.status_code", status is > 0 and < 600 ? Statuses[status] : Statuses[500] },
        };
        if (route is not null)
        {
            tags.Add("http.route", route);
        }

        if (status >= 500)
        {
            tags.Add(TelemetryNames.ErrorType, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (began != 0)
        {
            _http.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }

        if (span is not null)
        {
            var method = Method(context.Request.Method);
            Describe(span, route is null ? method : $"{method} {route}", tags, status >= 500);
        }
    }

    /// <param name="began">From <see cref="Begin"/>.</param>
    public void RpcEnded(long began, GrpcOutcome outcome)
    {
        var span = TelemetryNames.Recorded;
        if (began == 0 && span is null)
        {
            return;
        }

        var method = outcome.Method?.FullName ?? Other;
        var code = CodeMap.Name(outcome.Code);
        var failed =
            outcome.Code
            is Code.Unknown
                or Code.DeadlineExceeded
                or Code.Unimplemented
                or Code.Internal
                or Code.Unavailable
                or Code.DataLoss;
        var tags = new TagList
        {
            { "rpc.system.name", "grpc" },
            { "rpc.method", method },
            { "rpc.response.status_code", code },
        };
        if (failed)
        {
            tags.Add(TelemetryNames.ErrorType, code);
        }

        if (began != 0)
        {
            _rpc.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }

        if (span is not null)
        {
            Describe(span, method, tags, failed);
        }
    }

    /// <summary>The web server has begun the span, and knows neither route nor method.</summary>
    private static void Describe(Activity span, string name, in TagList tags, bool failed)
    {
        if (span.Source.Name != TelemetryNames.WebSource)
        {
            return;
        }

        span.DisplayName = name;
        foreach (var (key, value) in tags)
        {
            span.SetTag(key, value);
        }

        if (failed)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static string Method(string method) =>
        method switch
        {
            "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" => method,
            _ => Other,
        };
}
