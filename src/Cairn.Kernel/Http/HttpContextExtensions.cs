using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>What the entry has found out about a request, for doors.</summary>
public static class HttpContextExtensions
{
    /// <summary>Who sent the request.</summary>
    public static Principal Caller(this HttpContext context) =>
        context.Features.Get<Principal>() ?? throw new InvalidOperationException("The request has not been authenticated.");

    /// <summary>Fires when the server begins to stop.</summary>
    public static CancellationToken Stopping(this HttpContext context) =>
        context.Features.Get<ServerState>()?.Stopping ?? CancellationToken.None;

    /// <summary>Refuses a call that the server has no means for at present.</summary>
    /// <exception cref="StatusException">RESOURCE_EXHAUSTED.</exception>
    public static void Admit(this HttpContext context, string permission) => context.Features.Get<ServerState>()?.Admit(permission);

    /// <summary>Refuses a caller whose identity is bound to another project.</summary>
    public static void RequireProject(this HttpContext context, string project)
    {
        if (context.Caller() is { Project: { } own } caller && own != project)
        {
            throw StatusException.PermissionDenied($"'{caller.Name}' is limited to project '{own}' and may not touch project '{project}'.");
        }
    }
}
