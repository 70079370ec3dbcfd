namespace Cairn.Kernel.Http;

/// <summary>
/// Says for which resources their owners admit web pages of other origins. Whatever it says, such a page acts with a token of its own or
/// not at all: the entrance lends it no identity that the browser's user merely has by being on this machine.
/// </summary>
public interface ICrossOrigin
{
    /// <summary>What the owner of the resource behind a route grants to pages of an origin; null where that is nothing.</summary>
    /// <param name="origin">The request's <c>Origin</c>.</param>
    /// <param name="method">The method that is, or is to be, used.</param>
    ValueTask<CrossOriginGrant?> FindAsync(string origin, string method, Route route, RouteValues values, CancellationToken cancellation);
}
