using Cairn.Kernel.Errors;

namespace Cairn.Data;

/// <summary>
/// A <c>gs://bucket/object</c> address; <see cref="Object"/> is empty for the bucket itself, and may end in <c>/</c> for a prefix.
/// </summary>
public readonly record struct GsUri(string Bucket, string Object)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/> where the text is not such an
    /// address.</exception>
    public static GsUri Parse(string text, string field)
    {
        const string scheme = "gs://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || text.Length == scheme.Length || text[scheme.Length] == '/')
        {
            throw StatusException.InvalidArgument($"`{field}` is '{text}'; it must be an address of the form gs://bucket/object.");
        }

        var slash = text.IndexOf('/', scheme.Length);
        return slash < 0 ? new GsUri(text[scheme.Length..], "") : new GsUri(text[scheme.Length..slash], text[(slash + 1)..]);
    }

    /// <summary>The address of something below this prefix.</summary>
    public GsUri Join(string relative) =>
        this with
        {
            Object = Object.Length == 0 || Object.EndsWith('/') ? Object + relative : $"{Object}/{relative}",
        };

    public override string ToString() => $"gs://{Bucket}/{Object}";
}
