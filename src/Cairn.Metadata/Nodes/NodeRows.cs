using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Stores;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Nodes;

/// <summary>Artifacts, executions and contexts as rows, inside the caller's transaction, each with its row in the index.</summary>
public sealed class NodeRows(IResourceStore store, MetadataStores stores)
{
    /// <summary>Inserts a node; the default store comes into being with its first one.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="kind">The node's kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="node">What it holds.</param>
    /// <param name="subject">What it is the node of, or null.</param>
    /// <exception cref="StatusException">NOT_FOUND for a store that was never created, ALREADY_EXISTS, INVALID_ARGUMENT.</exception>
    public T Insert<T>(ISqlSession session, ResourceKind kind, NodeName name, T node, string? subject = null)
        where T : class, IMessage<T>
    {
        stores.Require(session, name.Store);
        var fields = NodeFields.Of(node);
        var stored = node.Clone();
        NodeChecks.Require(stored, null);
        fields.SetName(stored, name.ToString());
        var inserted = store.Insert(session, kind, stored);
        NodeIndex.Insert(session, name.ToString(), fields.Title(stored), fields.Uri(stored), subject);
        return inserted;
    }

    /// <summary>Changes the masked fields of a stored node. Without a mask, every field that the change sets.</summary>
    /// <param name="checkEtag">Whether an etag in the change must be the stored one.</param>
    public T Update<T>(ISqlSession session, ResourceKind kind, T stored, T change, FieldMask? mask, bool checkEtag = true)
        where T : class, IMessage<T>
    {
        var fields = NodeFields.Of(stored);
        var merged = FieldMasks.Apply(stored, change, mask);
        NodeChecks.Require(merged, stored);
        fields.SetName(merged, fields.Name(stored));
        fields.SetEtag(merged, checkEtag ? fields.Etag(change) : "");
        var updated = store.Update(session, kind, merged);
        if (fields.Title(updated) != fields.Title(stored) || fields.Uri(updated) != fields.Uri(stored))
        {
            NodeIndex.Write(session, fields.Name(updated), fields.Title(updated), fields.Uri(updated));
        }

        return updated;
    }

    public T? Find<T>(ISqlSession session, ResourceKind kind, NodeName name)
        where T : class, IMessage<T> => store.Find<T>(session, kind, name.ToString());

    /// <summary>Deletes a node with its edges.</summary>
    public void Delete(ISqlSession session, ResourceKind kind, NodeName name)
    {
        store.Delete(session, kind, name.ToString());
        NodeIndex.Delete(session, name.ToString());
    }

    /// <exception cref="StatusException">NOT_FOUND naming the first that there is none of; INVALID_ARGUMENT for one of another
    /// store.</exception>
    public void RequireAll(ISqlSession session, ResourceKind kind, StoreName within, IReadOnlyCollection<NodeName> names)
    {
        foreach (var name in names)
        {
            if (name.Store != within)
            {
                throw StatusException.InvalidArgument(
                    $"'{name}' lies in another metadata store than '{within}'; nodes are related within one store."
                );
            }
        }

        var there = store.Match(session, kind, [.. names.Select(static name => name.ToString())], "");
        foreach (var name in names)
        {
            if (!there.Contains(name.ToString()))
            {
                throw Missing(kind, name);
            }
        }
    }

    internal static StatusException Missing(ResourceKind kind, NodeName name) =>
        StatusException.NotFound($"{kind.Name} '{name}' does not exist.");
}
