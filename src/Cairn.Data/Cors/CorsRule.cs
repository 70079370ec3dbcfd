namespace Cairn.Data.Cors;

/// <summary>Web pages of which origins may use a bucket's objects, and how.</summary>
/// <param name="Origins">As <c>https://example.com:8443</c>; <c>*</c> is any.</param>
/// <param name="Methods">In upper case; <c>*</c> is any.</param>
/// <param name="Headers">Headers that a page may send, and may read of an answer; <c>*</c>, also at an end, is any.</param>
/// <param name="MaxAgeSeconds">How long a browser may remember a preflight's answer; null where it was not said.</param>
public sealed record CorsRule(
    IReadOnlyList<string> Origins,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Headers,
    long? MaxAgeSeconds
)
{
    public bool Admits(string origin, string method) =>
        Origins.Any(known => known == "*" || known.Equals(origin, StringComparison.OrdinalIgnoreCase))
        && Methods.Any(known => known == "*" || known.Equals(method, StringComparison.OrdinalIgnoreCase));

    public bool AdmitsHeader(string header) =>
        Headers.Any(known =>
            known.EndsWith('*')
                ? header.StartsWith(known[..^1], StringComparison.OrdinalIgnoreCase)
                : known.Equals(header, StringComparison.OrdinalIgnoreCase)
        );
}
