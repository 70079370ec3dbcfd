using Cairn.Data;
using Cairn.Data.Objects;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Database;

namespace Cairn.Datasets.Exports;

/// <summary>
/// An export whose bytes are durable and whose objects are not there yet: <see cref="Publish"/> makes all of them at once.
/// </summary>
public sealed class StagedExport
{
    private readonly string _id;
    private readonly GsUri _directory;
    private readonly IReadOnlyList<StagedSet> _sets;

    internal StagedExport(string id, GsUri directory, string format, IReadOnlyList<StagedSet> sets, long ignored)
    {
        _id = id;
        _directory = directory;
        _sets = sets;
        Format = format;
        Ignored = ignored;
    }

    /// <summary><c>csv</c> or <c>jsonl</c>.</summary>
    public string Format { get; }

    /// <summary>Rows that the split put into no set.</summary>
    public long Ignored { get; }

    /// <summary>Rows of a set.</summary>
    public long Rows(SplitSet set) => _sets.Where(s => s.Name == set.Name()).Sum(static s => s.Rows);

    /// <summary>The address of a set's files, with a wildcard.</summary>
    public string Pattern(SplitSet set) => _directory.Join($"{set.Name()}-*.{Format}").ToString();

    /// <summary>The addresses of all files.</summary>
    public IReadOnlyList<string> Files => [.. Objects().Select(static item => item.Uri.ToString())];

    /// <summary>Whether the bytes are still this export's: another server that thought this one dead has begun again with others.</summary>
    public bool IsOwn(ISqlSession session) => Objects().All(item => StagedBlobs.Has(session, _id, item.Content.Blob));

    /// <summary>Makes the objects, in the caller's transaction, in which <see cref="IsOwn"/> has been asked.</summary>
    public void Publish(ObjectTransaction transaction)
    {
        var metadata = new ObjectMetadata { ContentType = Format == "csv" ? "text/csv" : "application/jsonl" };
        foreach (var (uri, content) in Objects())
        {
            transaction.Publish(uri.Bucket, uri.Object, content, metadata, Preconditions.None);
        }

        StagedBlobs.Published(transaction.Session, _id);
    }

    private IEnumerable<(GsUri Uri, Content Content)> Objects() =>
        _sets.SelectMany(set =>
            set.Shards.Select(
                (content, index) => (_directory.Join($"{set.Name}-{index:00000}-of-{set.Shards.Count:00000}.{Format}"), content)
            )
        );
}
