namespace Cairn.Data.Lifecycle;

/// <summary>What a rule does.</summary>
/// <param name="Type">One of the constants.</param>
/// <param name="StorageClass">The class that <see cref="SetStorageClass"/> gives; null for the others.</param>
public sealed record LifecycleAction(string Type, string? StorageClass = null)
{
    /// <summary>Deletes as a client would: what versioning or soft delete keep is kept.</summary>
    public const string Delete = "Delete";

    public const string SetStorageClass = "SetStorageClass";

    /// <summary>Ends uploads that were begun and never finished.</summary>
    public const string AbortUpload = "AbortIncompleteMultipartUpload";

    public static IReadOnlyList<string> Types { get; } = [Delete, SetStorageClass, AbortUpload];
}
