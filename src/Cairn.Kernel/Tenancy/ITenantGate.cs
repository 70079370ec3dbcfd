using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Google.Protobuf;

namespace Cairn.Kernel.Tenancy;

/// <summary>
/// The one gate between projects: whether a project may use what a name (<c>projects/P/…</c>) or an address (<c>gs://bucket/…</c>) names.
/// Every request of the API passes it with all its fields before its handler sees it; doors of other protocols, and what the server does
/// later on a project's behalf, ask it themselves.
/// </summary>
public interface ITenantGate
{
    /// <summary>Refuses a request of a caller who is bound to a project, where one of its fields names what is another project's.</summary>
    /// <exception cref="StatusException">PERMISSION_DENIED, which says nothing of whether the thing exists.</exception>
    ValueTask CheckAsync(IMessage request, CallContext context);

    /// <summary>
    /// Refuses a name or address of another project. What is neither, and a bucket that does not exist, passes: the call itself reports it.
    /// </summary>
    /// <param name="project">The project that wants to use it; null for a caller who may touch all of them.</param>
    /// <param name="reference">The name or address.</param>
    /// <param name="field">Where it stands, for the sentence.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StatusException">PERMISSION_DENIED.</exception>
    ValueTask RequireAsync(string? project, string reference, string field, CancellationToken cancellation = default);

    /// <summary>Whether a bucket is a project's own now, which the server asks before it reads or writes there by itself.</summary>
    Task<bool> OwnsAsync(string project, string bucket, CancellationToken cancellation = default);
}
