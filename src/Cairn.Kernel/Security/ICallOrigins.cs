using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Security;

/// <summary>Tells whether a request to a server without authentication comes from a program that this server itself keeps in a sandbox:
/// such a one is nobody's own.</summary>
public interface ICallOrigins
{
    /// <summary>Where the request's connection comes from. Asked at most once for a connection.</summary>
    ValueTask<CallOrigin> FindAsync(ConnectionInfo connection, CancellationToken cancellation);
}

/// <summary>Where a connection comes from.</summary>
/// <param name="IsOutside">Whether it is certain that no sandboxed program has it.</param>
/// <param name="Token">The token of the task whose program has it, where that is known.</param>
public sealed record CallOrigin(bool IsOutside, string? Token = null)
{
    /// <summary>From a program of this machine that is in no sandbox of this server's.</summary>
    public static CallOrigin Outside { get; } = new(true);

    /// <summary>It cannot be told from where, so it counts as coming from a sandbox.</summary>
    public static CallOrigin Unknown { get; } = new(false);
}
