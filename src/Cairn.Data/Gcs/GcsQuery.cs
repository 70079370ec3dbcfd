using System.Globalization;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>The query parameters of a request, checked.</summary>
public static class GcsQuery
{
    /// <summary>A parameter's text; empty where it is absent.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a NUL, which no name has and PostgreSQL does not take.</exception>
    public static string Text(this HttpContext context, string name)
    {
        var text = context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : "";
        return text.Contains('\0') ? throw StatusException.InvalidArgument($"Invalid Value: `{name}` has a NUL character.") : text;
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the value is no integer.</exception>
    public static long? Number(this HttpContext context, string name) => Number(name, context.Text(name));

    private static string? Header(HttpContext context, string name) =>
        context.Request.Headers[name].ToString() is { Length: > 0 } text ? text : null;

    private static long? HeaderNumber(HttpContext context, string name) => Number(name, context.Request.Headers[name].ToString());

    private static long? Number(string name, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw StatusException.InvalidArgument($"Invalid Value: `{name}` is '{text}'; it must be an integer.");
    }

    /// <summary>Clients write booleans in every capitalisation.</summary>
    public static bool Flag(this HttpContext context, string name) => context.Text(name).Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Page sizes above the most are cut to it.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the value is not positive.</exception>
    public static int PageSize(this HttpContext context, int most)
    {
        var size = context.Number("maxResults") ?? most;
        return size > 0
            ? (int)Math.Min(size, most)
            : throw StatusException.InvalidArgument($"Invalid Value: `maxResults` is {size}; it must be positive.");
    }

    public static long? Generation(this HttpContext context) => context.Number("generation");

    public static Preconditions Preconditions(this HttpContext context) =>
        new(
            context.Number("ifGenerationMatch"),
            context.Number("ifGenerationNotMatch"),
            context.Number("ifMetagenerationMatch"),
            context.Number("ifMetagenerationNotMatch"),
            Header(context, "If-Match"),
            Header(context, "If-None-Match")
        );

    /// <summary>The preconditions of the older API, which come as headers.</summary>
    public static Preconditions XmlPreconditions(this HttpContext context) =>
        new(
            HeaderNumber(context, "x-goog-if-generation-match"),
            MetagenerationMatch: HeaderNumber(context, "x-goog-if-metageneration-match"),
            EtagMatch: Header(context, "If-Match"),
            EtagNotMatch: Header(context, "If-None-Match")
        );

    public static Preconditions SourcePreconditions(this HttpContext context) =>
        new(
            context.Number("ifSourceGenerationMatch"),
            context.Number("ifSourceGenerationNotMatch"),
            context.Number("ifSourceMetagenerationMatch"),
            context.Number("ifSourceMetagenerationNotMatch")
        );

    /// <summary>Where this server is reached, as the client addressed it: <c>http://127.0.0.1:8080</c>.</summary>
    public static string BaseUrl(this HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";
}
