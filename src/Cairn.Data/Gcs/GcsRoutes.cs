using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// Adds the door's routes to the server's, each with Cloud Storage's form of errors; and keeps a table of its own, in which batches look
/// their calls up.
/// </summary>
public sealed class GcsRoutes(IRoutes server)
{
    /// <summary>The calls that a batch may have: all but uploads and downloads of media.</summary>
    public RouteTable Batchable { get; } = new();

    public void Add(string method, string template, string permission, Func<HttpContext, RouteValues, Task> handler)
    {
        Task Guarded(HttpContext context, RouteValues values) => AnswerAsync(context, values, handler, GcsErrors.WriteAsync);
        foreach (var form in Forms(template))
        {
            server.Add(method, form, permission, Guarded, GcsJson.MaxBody);
            Batchable.Add(method, form, permission, Guarded, GcsJson.MaxBody);
        }
    }

    /// <summary>A route whose body is media: streamed, without a limit.</summary>
    public void AddStreamed(string method, string template, string permission, Func<HttpContext, RouteValues, Task> handler)
    {
        foreach (var form in Forms(template))
        {
            server.Add(
                method,
                form,
                permission,
                (context, values) => AnswerAsync(context, values, handler, GcsErrors.WriteAsync),
                maxBody: null
            );
        }
    }

    /// <summary>A route of the older API, whose errors are XML.</summary>
    public void AddXml(string method, string template, string permission, Func<HttpContext, RouteValues, Task> handler) =>
        server.Add(
            method,
            template,
            permission,
            (context, values) => AnswerAsync(context, values, handler, XmlErrors.WriteAsync),
            maxBody: null,
            XmlErrors.WriteAsync
        );

    // The clients for Node, Go and .NET take STORAGE_EMULATOR_HOST for the whole of what is before /b.
    private static IEnumerable<string> Forms(string template)
    {
        const string api = "/storage/v1";
        yield return template;
        if (template.Contains(api, StringComparison.Ordinal))
        {
            yield return template.Replace(api, "", StringComparison.Ordinal);
        }
    }

    private static async Task AnswerAsync(
        HttpContext context,
        RouteValues values,
        Func<HttpContext, RouteValues, Task> handler,
        Func<HttpContext, StatusException, Task> fail
    )
    {
        try
        {
            RefusedParameters.Check(context);
            await handler(context, values);
        }
        catch (StatusException error) when (!context.Response.HasStarted)
        {
            await fail(context, error);
        }
    }
}
