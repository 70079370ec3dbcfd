using Cairn.Kernel.Database;

namespace Cairn.Kernel.Blobs;

/// <summary>
/// A capability whose rows refer to blobs. Garbage collection deletes a blob that no owner refers to, so whoever keeps blobs must be one.
/// </summary>
public interface IBlobOwner
{
    /// <summary>Whether a row refers to the blob.</summary>
    bool Refers(ISqlSession session, string blob);
}
