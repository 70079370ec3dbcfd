using Cairn.Data;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Blobs;

namespace Cairn.Datasets.Exports;

/// <summary>The files of an export while they are written: one writer for each set, or one for all where nothing is split.</summary>
internal sealed class ShardSets : IAsyncDisposable
{
    /// <summary>The name of the only set where the data is not split.</summary>
    private const string Whole = "data";

    private readonly string _export;
    private readonly StagedBlobs _staged;
    private readonly Dictionary<string, ShardWriter> _writers = [];
    private readonly bool _split;
    private long _ignored;

    public ShardSets(string export, IBlobStore blobs, StagedBlobs staged, bool split, long shardBytes)
    {
        _export = export;
        _staged = staged;
        _split = split;
        foreach (var name in split ? SplitSets.All.Select(SplitSets.Name) : [Whole])
        {
            _writers[name] = new ShardWriter(export, blobs, staged, shardBytes);
        }
    }

    /// <summary>Deletes what an earlier attempt has left.</summary>
    public Task BeginAsync(CancellationToken cancellation) => _staged.DiscardAsync(_export, cancellation);

    public void SetHeader(ReadOnlyMemory<byte> header)
    {
        foreach (var writer in _writers.Values)
        {
            writer.Header = header;
        }
    }

    /// <summary>Takes a row for a set, or counts it where it has none.</summary>
    public ValueTask WriteAsync(SplitSet? set, ReadOnlySpan<byte> row, CancellationToken cancellation)
    {
        if (_split && set is null)
        {
            _ignored++;
            return ValueTask.CompletedTask;
        }

        var writer = _writers[_split ? set!.Value.Name() : Whole];
        writer.Append(row);
        return writer.IsFull ? writer.FlushAsync(cancellation) : ValueTask.CompletedTask;
    }

    public async Task<StagedExport> CompleteAsync(GsUri directory, string format, CancellationToken cancellation)
    {
        var sets = new List<StagedSet>();
        foreach (var (name, writer) in _writers)
        {
            sets.Add(new StagedSet(name, await writer.CompleteAsync(cancellation), writer.Rows));
        }

        return new StagedExport(_export, directory, format, sets, _ignored);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
        {
            await writer.DisposeAsync();
        }
    }
}
