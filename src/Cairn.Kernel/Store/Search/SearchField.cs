using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Store.Search;

/// <summary>How a field's values compare.</summary>
internal enum SearchType
{
    Text,
    Number,
    Boolean,
    Time,
    Duration,
    Enum,

    /// <summary>A value inside a Struct: its type is the literal's.</summary>
    Dynamic,

    /// <summary>A message or map: only its presence can be asked for.</summary>
    Presence,
}

/// <summary>Where a filter's or an order's path leads.</summary>
/// <param name="Type">How it compares.</param>
/// <param name="Column">The indexed column that holds it, or null for one in the document.</param>
/// <param name="Path">The path in the document.</param>
/// <param name="Enum">The enum's values where it is one.</param>
/// <param name="List">Where the path crosses a repeated field: that field's own path; <see cref="Path"/> is then relative to an
/// element.</param>
/// <param name="LabelKey">The key of an indexed label, or null.</param>
internal sealed record SearchField(
    SearchType Type,
    string? Column,
    IReadOnlyList<string> Path,
    EnumDescriptor? Enum = null,
    IReadOnlyList<string>? List = null,
    string? LabelKey = null
);
