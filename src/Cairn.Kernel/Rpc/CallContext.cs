using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>What a handler may know of its call, whichever door it came through.</summary>
public sealed class CallContext
{
    private Dictionary<string, string>? _responseHeaders;

    public required Principal Caller { get; init; }

    /// <summary>Fires when the client is gone or the call's deadline has passed.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fires when the server begins to stop: who waits for something answers with what there is.</summary>
    public CancellationToken Stopping => Request?.HttpContext.Stopping() ?? CancellationToken.None;

    /// <summary>Headers to send with the reply (HTTP headers, or gRPC initial metadata). Names are lower case.</summary>
    public IDictionary<string, string> ResponseHeaders => _responseHeaders ??= [];

    /// <summary>What the call came in; null for one that the server makes to itself.</summary>
    internal HttpRequest? Request { get; init; }

    /// <summary>A header, or metadata, of the caller's by its lower-case name.</summary>
    public string? RequestHeader(string name) =>
        Request is { } request && request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Sends <see cref="ResponseHeaders"/> off.</summary>
    internal void WriteHeaders(HttpResponse response)
    {
        foreach (var (name, value) in _responseHeaders ?? [])
        {
            response.Headers[name] = value;
        }
    }

    /// <summary>Refuses a caller whose identity is bound to another project than the one <paramref name="resourceName"/> lies in.</summary>
    public void RequireProject(string resourceName)
    {
        if (Caller.Project is not { } own)
        {
            return;
        }

        var parts = resourceName.Split('/', 3);
        if (parts.Length < 2 || parts[0] != "projects" || parts[1] != own)
        {
            throw StatusException.PermissionDenied($"'{Caller.Name}' is limited to project '{own}' and may not touch '{resourceName}'.");
        }
    }
}
