using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cairn.Data.Gcs;

/// <summary><c>GET /BUCKET/OBJECT</c>, the one call of the older XML API that today's clients make: Go's reads every object so.</summary>
public sealed class XmlMediaHandlers(MediaResponse media, GcsAccess access) : IGcsHandlers
{
    public void Map(GcsRoutes routes) => routes.AddXml("GET", "/{bucket}/**", "storage.objects.get", GetAsync);

    private async Task GetAsync(HttpContext context, RouteValues values)
    {
        var bucket = values["bucket"];
        var name = NameOf(context);
        if (name.Length == 0)
        {
            throw StatusException.NotFound(
                $"There is nothing at {context.Request.Path.Value}. An object is at /BUCKET/OBJECT; list a bucket at /storage/v1/b/BUCKET/o."
            );
        }

        await access.RequireAsync(context, bucket);
        await media.WriteAsync(context, bucket, name, context.XmlPreconditions());
    }

    // Object names may have slashes, encoded or not: what is left of the path is the name.
    private static string NameOf(HttpContext context)
    {
        var path = RequestPath.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        return string.Join('/', Enumerable.Range(1, Math.Max(0, path.Count - 1)).Select(path.Decoded));
    }
}
