using Cairn.Kernel.Errors;

namespace Cairn.Data.Blobs.S3;

/// <summary>
/// Where blobs are on S3: <c>s3://bucket/prefix?endpoint=http://host:port&amp;region=us-east-1</c>; prefix and parameters may be absent.
/// </summary>
/// <param name="Prefix">Empty, or ends in <c>/</c>.</param>
/// <param name="Endpoint">A server of its own, or null for Amazon's in the region.</param>
public sealed record S3Address(string Bucket, string Prefix, Uri? Endpoint, string Region)
{
    private const string Scheme = "s3://";

    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <exception cref="StatusException">INVALID_ARGUMENT with the address and what is wrong.</exception>
    public static S3Address Parse(string text)
    {
        if (!IsOne(text))
        {
            throw Invalid(text, "it must begin with s3://");
        }

        var question = text.IndexOf('?');
        var path = question < 0 ? text[Scheme.Length..] : text[Scheme.Length..question];
        var slash = path.IndexOf('/');
        var bucket = slash < 0 ? path : path[..slash];
        var prefix = slash < 0 ? "" : path[(slash + 1)..].Trim('/');
        if (bucket.Length == 0)
        {
            throw Invalid(text, "it names no bucket");
        }

        Uri? endpoint = null;
        var region = "us-east-1";
        foreach (var parameter in question < 0 ? [] : text[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = parameter.Split('=', 2);
            var value = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
            switch (parts[0])
            {
                case "endpoint" when Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"):
                    endpoint = uri;
                    break;
                case "region" when value.Length > 0:
                    region = value;
                    break;
                default:
                    throw Invalid(text, $"'{parameter}' is neither endpoint=http(s)://host:port nor region=NAME");
            }
        }

        return new S3Address(bucket, prefix.Length == 0 ? "" : prefix + "/", endpoint, region);
    }

    private static StatusException Invalid(string text, string objection) =>
        StatusException.InvalidArgument(
            $"The object store's address '{text}' cannot be used: {objection}. Use s3://bucket/prefix?endpoint=http://host:port."
        );
}
