using System.Globalization;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Cairn.Data.Gcs.Batch;

/// <summary>One HTTP request as it stands inside a batch.</summary>
public sealed record BatchCall(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT where the bytes are no request.</exception>
    public static BatchCall Parse(byte[] bytes)
    {
        var (headerEnd, bodyStart) = Separator(bytes);
        var lines = Encoding.UTF8.GetString(bytes, 0, headerEnd).Split('\n', StringSplitOptions.TrimEntries);
        var request = lines[0].Split(' ');
        if (request.Length < 2 || request[0].Length == 0)
        {
            throw StatusException.InvalidArgument($"A call of the batch begins with '{lines[0]}', which is no request line.");
        }

        // Addresses come absolute or relative.
        var target =
            Uri.TryCreate(request[1], UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal)
                ? absolute.PathAndQuery
                : request[1];
        if (!target.StartsWith('/'))
        {
            throw StatusException.InvalidArgument(
                $"A call of the batch is addressed to '{target}'; an address is a path that begins with '/', or a whole URL."
            );
        }

        var headers = lines
            .Skip(1)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .Select(parts => KeyValuePair.Create(parts[0], parts[1]))
            .ToList();
        return new BatchCall(request[0].ToUpperInvariant(), target, headers, bytes[bodyStart..]);
    }

    /// <summary>A request of its own, by the caller of the batch.</summary>
    public HttpContext ToContext(HttpContext outer)
    {
        var inner = new DefaultHttpContext { RequestServices = outer.RequestServices, RequestAborted = outer.RequestAborted };
        inner.Features.Set(outer.Features.Get<Principal>());
        var request = inner.Request;
        request.Method = Method;
        request.Scheme = outer.Request.Scheme;
        request.Host = outer.Request.Host;
        var question = Target.IndexOf('?');
        request.Path = new PathString(question < 0 ? Target : Target[..question]);
        request.QueryString = new QueryString(question < 0 ? "" : Target[question..]);
        request.Query = new QueryCollection(QueryHelpers.ParseQuery(request.QueryString.Value));
        foreach (var (name, value) in Headers)
        {
            request.Headers[name] = value;
        }

        request.Body = new MemoryStream(Body, writable: false);
        inner.Response.Body = new MemoryStream();
        return inner;
    }

    /// <summary>The answer of a call that was made with <see cref="ToContext"/>, as HTTP.</summary>
    public static void AppendAnswer(StringBuilder text, HttpContext inner)
    {
        var body = ((MemoryStream)inner.Response.Body).ToArray();
        var status = inner.Response.StatusCode;
        text.Append("HTTP/1.1 ")
            .Append(status.ToString(CultureInfo.InvariantCulture))
            .Append(' ')
            .Append(ReasonPhrases.GetReasonPhrase(status))
            .Append("\r\n");
        if (inner.Response.ContentType is { } type)
        {
            text.Append("Content-Type: ").Append(type).Append("\r\n");
        }

        text.Append("Content-Length: ")
            .Append(body.Length.ToString(CultureInfo.InvariantCulture))
            .Append("\r\n\r\n")
            .Append(Encoding.UTF8.GetString(body));
    }

    private static (int HeaderEnd, int BodyStart) Separator(byte[] bytes)
    {
        var windows = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var unix = bytes.AsSpan().IndexOf("\n\n"u8);
        if (windows >= 0 && (unix < 0 || windows < unix))
        {
            return (windows, windows + 4);
        }

        return unix >= 0 ? (unix, unix + 2) : (bytes.Length, bytes.Length);
    }
}
