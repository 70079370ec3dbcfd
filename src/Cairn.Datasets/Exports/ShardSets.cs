using Cairn.Data;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Blobs;

namespace Cairn.Datasets.Exports;

/// <summary>The files of an export while they are written: one writer for each set, or one for all where nothing is split.</summary>
internal sealed class ShardSets : IAsyncDisposable
{
    /// <summary>The name of the only set where the data is not split.</summary>
    private const string Whole = "data";

    private readonly string export;
    private readonly StagedBlobs staged;
    private readonly Dictionary<string, ShardWriter> writers = [];
    private readonly bool split;
    private long ignored;

    public ShardSets(string export, IBlobStore blobs, StagedBlobs staged, bool split, long shardBytes)
    {
        this.export = export;
        this.staged = staged;
        this.split = split;
        foreach (var name in split ? SplitSets.All.Select(SplitSets.Name) : [Whole])
        {
            writers[name] = new ShardWriter(export, blobs, staged, shardBytes);
        }
    }

    /// <summary>Deletes what an earlier attempt has left.</summary>
    public Task BeginAsync(CancellationToken cancellation) => staged.DiscardAsync(export, cancellation);

    public void SetHeader(ReadOnlyMemory<byte> header)
    {
        foreach (var writer in writers.Values)
        {
            writer.Header = header;
        }
    }

    /// <summary>Takes a row for a set, or counts it where it has none.</summary>
    public ValueTask WriteAsync(SplitSet? set, ReadOnlySpan<byte> row, CancellationToken cancellation)
    {
        if (split && set is null)
        {
            ignored++;
            return ValueTask.CompletedTask;
        }

        var writer = writers[split ? set!.Value.Name() : Whole];
        writer.Append(row);
        return writer.IsFull ? writer.FlushAsync(cancellation) : ValueTask.CompletedTask;
    }

    public async Task<StagedExport> CompleteAsync(GsUri directory, string format, CancellationToken cancellation)
    {
        var sets = new List<StagedSet>();
        foreach (var (name, writer) in writers)
        {
            sets.Add(new StagedSet(name, await writer.CompleteAsync(cancellation).ConfigureAwait(false), writer.Rows));
        }

        return new StagedExport(export, directory, format, sets, ignored);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers.Values)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }
}
