using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Entry;

/// <summary>
/// <c>GET /healthz</c>: 200 when the server answers and its store does, with <c>ok</c>, or <c>degraded</c> and why where it answers not all
/// calls. <c>GET /</c>: what this is.
/// </summary>
internal sealed class HealthDoor(IDatabase database, DiskReserve reserve) : IDoor
{
    public void Map(IRoutes routes)
    {
        routes.Add("GET", "/healthz", IRoutes.Public, HealthAsync);
        routes.Add("GET", "/", IRoutes.Public, WelcomeAsync);
    }

    private async Task HealthAsync(HttpContext context, RouteValues values)
    {
        try
        {
            await database.ReadAsync(static session => session.QueryFirst("SELECT 1", static row => 1), context.RequestAborted);
        }
        catch (System.Data.Common.DbException)
        {
            throw StatusException.Unavailable("The server is up and its store does not answer.");
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        var state =
            database is SqliteDatabase { Damage: { } damage } ? $"degraded: the database is damaged. {damage}"
            : reserve.IsFull ? "degraded: the disk is full. What would store more is refused; reading and deleting work."
            : "ok";
        await context.Response.WriteAsync(state + "\n", context.RequestAborted);
    }

    private static async Task WelcomeAsync(HttpContext context, RouteValues values)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(
            """
            This is a Cairn server. It speaks Vertex AI (REST and gRPC) and Cloud Storage to the clients you already use.

              cairn env              prints what points gcloud, Python and Node at it
              cairn custom-jobs list, cairn models list, cairn endpoints list, cairn storage ls
              GET /healthz           200 when it is ready

            """,
            context.RequestAborted
        );
    }
}
