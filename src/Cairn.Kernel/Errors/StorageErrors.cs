using Google.Rpc;

namespace Cairn.Kernel.Errors;

/// <summary>
/// Failures of what the server stands on (disk, database), as callers are told of them: whose fault it is, and what helps.
/// </summary>
public static class StorageErrors
{
    /// <summary>HTTP's "Insufficient Storage" (RFC 4918).</summary>
    public const int InsufficientStorage = 507;

    private const int NoSpace = 28; // ENOSPC
    private const int OverQuota = 122; // EDQUOT

    public static StatusException Full() =>
        new(
            Code.ResourceExhausted,
            "The server's disk is full, and nothing was stored. Delete what is not needed, which still works, or have its administrator make room."
        )
        {
            HttpStatus = InsufficientStorage,
        };

    /// <param name="store">What does not answer: <c>PostgreSQL</c>.</param>
    public static StatusException Away(string store) =>
        StatusException.Unavailable(
            $"The server's store, {store}, does not answer. Try again in a while; a change that was under way may or may not have been made."
        );

    public static StatusException Damaged() =>
        new(
            Code.DataLoss,
            "The server's database is damaged where this request reads it. Its administrator finds out more with 'cairn doctor', and restores a backup."
        );

    /// <summary>The status of a failure of the store or the file system, which is not the request's fault; null for every other.</summary>
    public static StatusException? Of(Exception error) =>
        error switch
        {
            StoreException failure => failure.Status,
            IOException { HResult: NoSpace or OverQuota } => Full(),
            _ => null,
        };
}
