using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.SoftDelete;

/// <summary>Soft-deleted objects: get, restore. They are listed as others, with <c>softDeleted=true</c>.</summary>
public sealed class DeletedObjectHandlers(DeletedObjects objects, GcsAccess access) : IGcsHandlers
{
    public void Map(GcsRoutes routes) =>
        routes.Add("POST", "/storage/v1/b/{bucket}/o/{object}/restore", "storage.objects.restore", RestoreAsync);

    /// <summary>Answers a GET with <c>softDeleted=true</c>.</summary>
    public async Task GetAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        var item = await objects.GetAsync(values["bucket"], values["object"], Generation(context), context.RequestAborted);
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    private async Task RestoreAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        if (!context.Caller().May("storage.objects.create"))
        {
            throw StatusException.PermissionDenied(
                $"'{context.Caller().Name}' lacks storage.objects.create, which restoring '{values["object"]}' needs."
            );
        }

        var item = await objects.RestoreAsync(
            values["bucket"],
            values["object"],
            Generation(context),
            context.Preconditions(),
            context.RequestAborted
        );
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    private static long Generation(HttpContext context) =>
        context.Generation()
        ?? throw StatusException.InvalidArgument(
            "Required parameter: generation. A name may have several soft-deleted generations; '?softDeleted=true' lists them."
        );
}
