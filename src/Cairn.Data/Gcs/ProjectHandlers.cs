using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// What clients ask about a project: its number, from Resource Manager, and the service account that acts for its buckets.
/// </summary>
public sealed class ProjectHandlers : IGcsHandlers
{
    public void Map(GcsRoutes routes)
    {
        routes.Add("GET", "/v3/projects/{project}", "resourcemanager.projects.get", GetAsync);
        routes.Add("GET", "/storage/v1/projects/{project}/serviceAccount", "resourcemanager.projects.get", ServiceAccountAsync);
    }

    private static Task GetAsync(HttpContext context, RouteValues values)
    {
        var project = values["project"];
        context.RequireProject(project);
        return GcsJson.WriteAsync(
            context,
            new JsonObject
            {
                ["name"] = "projects/" + Number(project),
                ["projectId"] = project,
                ["displayName"] = project,
                ["state"] = "ACTIVE",
            }
        );
    }

    private static Task ServiceAccountAsync(HttpContext context, RouteValues values)
    {
        var project = values["project"];
        context.RequireProject(project);
        return GcsJson.WriteAsync(
            context,
            new JsonObject
            {
                ["kind"] = "storage#serviceAccount",
                ["email_address"] = $"service-{Number(project)}@gs-project-accounts.iam.gserviceaccount.com",
            }
        );
    }

    private static string Number(string project) => ProjectNumber.Of(project).ToString(CultureInfo.InvariantCulture);
}
