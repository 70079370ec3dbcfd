using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Telemetry;

/// <summary><c>GET /metrics</c>: what the server measures, in Prometheus' text format.</summary>
internal sealed class MetricsDoor(Measurements measurements, Probes probes) : IDoor
{
    public const string Permission = "cairn.metrics.get";

    public void Map(IRoutes routes) => routes.Add("GET", "/metrics", Permission, AnswerAsync);

    private async Task AnswerAsync(HttpContext context, RouteValues values)
    {
        if (context.Caller() is { Project: not null } caller)
        {
            throw StatusException.PermissionDenied(
                $"'{caller.Name}' is limited to project '{caller.Project}', and what the server measures is of all projects."
            );
        }

        if (!measurements.IsRead)
        {
            throw StatusException.NotFound("This server does not measure itself for Prometheus. Start it with '--metrics'.");
        }

        await probes.SeeAsync(context.RequestAborted);
        var text = measurements.Text()!;
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
