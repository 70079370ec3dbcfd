using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;

namespace Cairn.Kernel.Rpc;

/// <summary>What a handler may know of its call, whichever door it came through.</summary>
public sealed class CallContext
{
    public required Principal Caller { get; init; }

    /// <summary>Fires when the client is gone or the call's deadline has passed.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Headers to send with the reply (HTTP headers, or gRPC initial metadata). Names are lower case.</summary>
    public IDictionary<string, string> ResponseHeaders { get; } = new Dictionary<string, string>();

    /// <summary>The caller's headers or metadata by lower-case name.</summary>
    public Func<string, string?> RequestHeader { get; init; } = static _ => null;

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
