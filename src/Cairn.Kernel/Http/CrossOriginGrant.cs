namespace Cairn.Kernel.Http;

/// <summary>What a page of another origin may do with a resource.</summary>
/// <param name="AdmitsHeader">Whether the page may send a header, and read it of an answer.</param>
/// <param name="MaxAgeSeconds">How long a browser may remember the grant.</param>
public sealed record CrossOriginGrant(Func<string, bool> AdmitsHeader, long MaxAgeSeconds);
