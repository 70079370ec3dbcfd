using Cairn.Data.Objects;

namespace Cairn.Datasets.Exports;

/// <summary>One set's files.</summary>
/// <param name="Name">What their names begin with.</param>
/// <param name="Shards">Their contents, in order.</param>
/// <param name="Rows">Of all of them together.</param>
internal sealed record StagedSet(string Name, IReadOnlyList<Content> Shards, long Rows);
