namespace Cairn.Kernel.Store;

/// <summary>A page of a listing; <see cref="NextPageToken"/> is empty on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string NextPageToken);
