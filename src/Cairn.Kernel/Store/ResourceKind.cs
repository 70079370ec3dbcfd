using Cairn.Kernel.Store.Search;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Store;

/// <summary>
/// A kind of stored resource: a protobuf message with a <c>name</c> field. <c>display_name</c>, <c>state</c>, <c>labels</c>,
/// <c>create_time</c>,
/// <c>update_time</c> and <c>etag</c> are recognised by those names where the message has them; the store sets the last three.
/// </summary>
/// <param name="Name">How errors and the store call it: <c>Model</c>, <c>CustomJob</c>.</param>
/// <param name="Collection">The last collection segment of its names: <c>models</c>.</param>
/// <param name="Descriptor">The message.</param>
public sealed record ResourceKind(string Name, string Collection, MessageDescriptor Descriptor)
{
    /// <summary>
    /// Fields that are not written to the searchable document because of their size (raw specs, schemas). A filter on one is
    /// INVALID_ARGUMENT.
    /// </summary>
    public IReadOnlySet<string> Unsearchable { get; init; } = new HashSet<string>();

    /// <summary>
    /// Functions and fields of its filters that the capability turns into SQL itself, by function name or first segment of the path.
    /// </summary>
    public IReadOnlyDictionary<string, FilterTerm> Terms { get; init; } = new Dictionary<string, FilterTerm>();

    public MessageParser Parser => Descriptor.Parser;
}
