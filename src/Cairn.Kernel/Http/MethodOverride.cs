using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cairn.Kernel.Http;

/// <summary>
/// <c>POST</c> with <c>X-HTTP-Method-Override</c>, as Google's APIs take it. Java's clients send every PATCH so, because their HTTP library
/// has none, and a GET whose query is long, which is then the body, as a form.
/// </summary>
public static class MethodOverride
{
    private const string Header = "X-HTTP-Method-Override";

    private static readonly string[] Possible = ["GET", "PUT", "PATCH", "DELETE"];

    /// <summary>The method that the request stands for.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a method that POST cannot stand for.</exception>
    public static string Of(HttpRequest request)
    {
        var wanted = request.Headers[Header].ToString();
        if (wanted.Length == 0 || !HttpMethods.IsPost(request.Method) || HttpMethods.IsPost(wanted))
        {
            return request.Method;
        }

        return Possible.FirstOrDefault(method => method.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw StatusException.InvalidArgument($"{Header} is '{wanted}'; POST can stand for {string.Join(", ", Possible)}.");
    }

    /// <summary>Makes the request the one that it stands for, so that whatever follows sees that alone.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static async ValueTask ApplyAsync(HttpContext context)
    {
        var request = context.Request;
        var method = Of(request);
        if (method == request.Method)
        {
            return;
        }

        request.Method = method;
        if (
            !HttpMethods.IsGet(method)
            || request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true
        )
        {
            return;
        }

        InflatedBody.Replace(request, RequestPath.MaxTarget);
        var query = new char[RequestPath.MaxTarget + 1];
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var length = await reader.ReadBlockAsync(query, context.RequestAborted);
        if (length > RequestPath.MaxTarget)
        {
            throw StatusException.InvalidArgument($"The query in the request's body has more than {RequestPath.MaxTarget} characters.");
        }

        var text = new string(query, 0, length).Trim();
        request.QueryString = new QueryString(text.Length == 0 ? "" : "?" + text);
        request.Body = Stream.Null;
        var feature = context.Features.Get<IHttpRequestFeature>()!;
        feature.RawTarget = feature.RawTarget.Split('?')[0] + request.QueryString.Value;
    }
}
