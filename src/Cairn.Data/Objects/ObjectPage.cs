namespace Cairn.Data.Objects;

/// <summary>A page of a listing: objects and rolled-up folders, each in the order of names. The token is null on the last page.</summary>
public sealed record ObjectPage(IReadOnlyList<ObjectRecord> Items, IReadOnlyList<string> Prefixes, string? NextPageToken);
