using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// New objects from stored ones: copy, move, compose. A copy shares its source's blob, so it costs a row whatever the size.
/// </summary>
public sealed class ObjectCopier(ObjectCommits commits, ObjectStore store, ContentStager stager)
{
    /// <summary>The most sources that one compose takes.</summary>
    public const int MaxSources = 32;

    /// <summary>Copies; the metadata is the source's where <paramref name="metadata"/> is null.</summary>
    public Task<(ObjectRecord Source, ObjectRecord Copy)> CopyAsync(
        ObjectSource source,
        string bucket,
        string name,
        ObjectMetadata? metadata,
        Preconditions preconditions,
        CancellationToken cancellation
    )
    {
        ObjectName.Require(name);
        return commits.WriteAsync(
            transaction =>
            {
                var from = Require(transaction, source);
                return (from, transaction.Publish(bucket, name, from.Content, metadata ?? Inherited(from), preconditions));
            },
            cancellation
        );
    }

    /// <summary>Gives an object another name in its bucket, in one transaction.</summary>
    public Task<ObjectRecord> MoveAsync(ObjectSource source, string name, Preconditions preconditions, CancellationToken cancellation)
    {
        ObjectName.Require(name);
        return commits.WriteAsync(
            transaction =>
            {
                var from = Require(transaction, source);
                if (from.Name == name)
                {
                    throw StatusException.InvalidArgument(
                        $"Object '{from.Bucket}/{name}' cannot be moved to itself; give another destination."
                    );
                }

                var moved = transaction.Publish(from.Bucket, name, from.Content, Inherited(from), preconditions);
                transaction.Delete(from.Bucket, from.Name, source.Generation, Preconditions.None);
                return moved;
            },
            cancellation
        );
    }

    /// <summary>
    /// Concatenates objects of one bucket; where <paramref name="deleteSources"/> says so, they go in the same transaction.
    /// </summary>
    public async Task<ObjectRecord> ComposeAsync(
        string bucket,
        string name,
        IReadOnlyList<ObjectSource> sources,
        ObjectMetadata metadata,
        Preconditions preconditions,
        CancellationToken cancellation,
        bool deleteSources = false
    )
    {
        if (sources.Count is 0 or > MaxSources)
        {
            throw StatusException.InvalidArgument($"`sourceObjects` has {sources.Count} entries; compose takes from 1 to {MaxSources}.");
        }

        await store.CheckPublishableAsync(bucket, name, preconditions, cancellation);
        var parts = new List<ObjectRecord>(sources.Count);
        foreach (var source in sources)
        {
            var part = await store.GetAsync(bucket, source.Name, source.Generation, Preconditions.None, cancellation);
            source.Preconditions.Check(bucket, source.Name, part);
            parts.Add(part);
        }

        await using var staged = await stager.JoinAsync([.. parts.Select(part => part.Content)], wantMd5: false, cancellation);
        var content = staged.Content with { Components = parts.Sum(part => part.Content.Components ?? 1) };
        return await staged.CommitAsync(() =>
            commits.WriteAsync(
                transaction =>
                {
                    var item = transaction.Publish(bucket, name, content, metadata, preconditions);
                    // A source whose name the new object took has been replaced by it. One that another call replaced meanwhile is not part of
                    // it, and must not be lost.
                    var deleted = deleteSources
                        ? sources
                            .Zip(parts)
                            .Where(pair => pair.Second.Name != name)
                            .DistinctBy(static pair => (pair.Second.Name, pair.Second.Generation))
                        : [];
                    foreach (var (source, part) in deleted)
                    {
                        transaction.Delete(bucket, part.Name, source.Generation, new Preconditions(GenerationMatch: part.Generation));
                    }

                    return item;
                },
                cancellation
            )
        );
    }

    private static ObjectRecord Require(ObjectTransaction transaction, ObjectSource source)
    {
        var from = transaction.Require(source.Bucket, source.Name, source.Generation);
        source.Preconditions.Check(source.Bucket, source.Name, from);
        return from;
    }

    // Holds and retention stay with the object that they were put on.
    private static ObjectMetadata Inherited(ObjectRecord source) =>
        source.Metadata with
        {
            TemporaryHold = false,
            EventBasedHold = false,
            Retention = null,
            StorageClass = null,
        };
}
