using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Tracking.Cleanup;

/// <summary>
/// <c>POST /cairn/v1/projects/{project}/locations/{location}/runs:removeDeleted</c>: for administrators, because nothing brings back what
/// it removes.
/// </summary>
public sealed class RemovalDoor(Remover remover) : IDoor
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Map(IRoutes routes) =>
        routes.Add("POST", "/cairn/v1/projects/{project}/locations/{location}/runs:removeDeleted", "cairn.runs.removeDeleted", RemoveAsync);

    private async Task RemoveAsync(HttpContext context, RouteValues values)
    {
        context.RequireProject(values["project"]);
        var request = await ReadAsync(context);
        var report = await remover.RemoveAsync(values["project"], values["location"], request, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(report, Json, context.RequestAborted);
    }

    private static async Task<RemovalRequest> ReadAsync(HttpContext context)
    {
        return await JsonRequest.ReadAsync<RemovalRequest>(context, "a removal", Json) is { OlderThanSeconds: >= 0 and < 1e10 } request
            ? request
            : throw StatusException.InvalidArgument(
                "`olderThanSeconds` is required: how long ago, at least, what is removed must have been deleted; 0 or more."
            );
    }
}
