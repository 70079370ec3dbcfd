using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Events;

namespace Cairn.Tensorboards.Uploads;

/// <summary>
/// Brings what a log folder has to a sink, pass by pass: each pass takes what has come since the one before, so a folder that is still
/// written to is followed by passes. Every file goes on where it ended, also after a break; what is written twice is there once.
/// </summary>
/// <param name="naming">The run that a folder's files belong to, by the name that people see, and what their tags get in front.</param>
public sealed class FolderUpload(
    ILogSource source,
    IRunSink sink,
    IUploadPositions positions,
    UploadOptions options,
    Func<string, (string Run, string Prefix)> naming
)
{
    private readonly Dictionary<string, RunUpload> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Restarts> _restarts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _stamps = new(StringComparer.Ordinal);
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    public UploadTotals Totals { get; } = new();

    /// <summary>Damaged files that are not read any further, each with what is wrong.</summary>
    public List<EventFileException> Damage { get; } = [];

    /// <summary>The resource names of the runs that were written to.</summary>
    public IEnumerable<string> Runs => _runs.Values.Select(static run => run.Run);

    /// <summary>
    /// Takes what has come; false where nothing had. A run or file that cannot be taken is told among the totals and left out from then on;
    /// the others go on.
    /// </summary>
    /// <param name="progress">Is told of each file's bytes as they are done with.</param>
    public async Task<bool> PassAsync(Action<string, long>? progress = null, CancellationToken cancellation = default)
    {
        var files = await source.ListAsync(cancellation);
        var any = false;
        foreach (var folder in files.GroupBy(static file => file.Run, StringComparer.Ordinal))
        {
            var ordered = folder.OrderBy(static file => file.Name, StringComparer.Ordinal).ToList();
            if (
                _refused.Contains(folder.Key)
                || ordered.All(file => _stamps.GetValueOrDefault(file.Name) == file.Stamp || _damaged.Contains(file.Name))
            )
            {
                continue;
            }

            try
            {
                any |= await FolderAsync(folder.Key, ordered, progress, cancellation);
            }
            catch (StatusException error) when (Refusal.Is(error))
            {
                _refused.Add(folder.Key);
                Totals.Refuse($"The run '{naming(folder.Key).Run}' is left out: {error.Message}");
            }
        }

        return any;
    }

    private async Task<bool> FolderAsync(
        string folder,
        List<SourceFile> files,
        Action<string, long>? progress,
        CancellationToken cancellation
    )
    {
        var any = false;
        var voids = await RestartsAsync(folder, files, cancellation);
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            if (_stamps.GetValueOrDefault(file.Name) == file.Stamp || _damaged.Contains(file.Name))
            {
                continue;
            }

            try
            {
                any |= await ReadAsync(folder, file, i, voids, progress, cancellation);
            }
            catch (Exception error) when (error is not StatusException && Refusal.Is(error))
            {
                _damaged.Add(file.Name);
                Totals.Refuse($"The file '{file.Name}' is left out: {error.Message}");
            }

            _stamps[file.Name] = file.Stamp;
        }

        return any;
    }

    private async Task<bool> ReadAsync(
        string folder,
        SourceFile file,
        int index,
        Restarts voids,
        Action<string, long>? progress,
        CancellationToken cancellation
    )
    {
        var known = await positions.GetAsync(file.Name, cancellation);
        var from = known.Offset;
        if (from > file.Length || (from > 0 && known.Head.Length > 0 && await HeadAsync(file, from, cancellation) != known.Head))
        {
            // A shorter file of the same name is another file, and so is one that begins otherwise.
            from = 0;
        }

        if (from == file.Length)
        {
            progress?.Invoke(file.Name, from);
            return false;
        }

        var (head, at) = ("", 0L);
        var upload = await RunAsync(folder, cancellation);
        await using var reader = new EventFileReader(await source.OpenAsync(file, cancellation), upload.Tags, options.Limits, from);
        await upload.ReadAsync(
            reader,
            index,
            voids,
            async position =>
            {
                if (at < UploadPosition.HeadBytes)
                {
                    (head, at) = (await HeadAsync(file, position, cancellation), position);
                }

                await positions.SetAsync(file.Name, new UploadPosition(position, head), cancellation);
                progress?.Invoke(file.Name, position);
            },
            cancellation
        );
        if (reader.Status == EventStatus.Corrupt)
        {
            _damaged.Add(file.Name);
            Damage.Add(new EventFileException(file.Name, reader.Offset, reader.Reason ?? "it cannot be read"));
        }

        return reader.Offset > from;
    }

    private async Task<string> HeadAsync(SourceFile file, long offset, CancellationToken cancellation)
    {
        await using var content = await source.OpenAsync(file, cancellation);
        return await UploadPosition.FingerprintAsync(content, offset, cancellation);
    }

    private async Task<RunUpload> RunAsync(string folder, CancellationToken cancellation)
    {
        if (!_runs.TryGetValue(folder, out var upload))
        {
            var (name, prefix) = naming(folder);
            var run = await sink.OpenRunAsync(name, cancellation);
            _runs.Add(folder, upload = await RunUpload.OpenAsync(sink, options, Totals, run, prefix, cancellation));
            Totals.Runs++;
        }

        return upload;
    }

    /// <summary>
    /// The restarts that the files held when the folder was first seen. Later ones come too late for what was written before them.
    /// </summary>
    private async Task<Restarts> RestartsAsync(string folder, List<SourceFile> files, CancellationToken cancellation)
    {
        if (_restarts.TryGetValue(folder, out var known))
        {
            return known;
        }

        var found = new Restarts();
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                await using var reader = new EventFileReader(
                    await source.OpenAsync(files[i], cancellation),
                    new TagTable(options.Limits),
                    options.Limits
                );
                await found.ScanAsync(i, reader, cancellation);
            }
            catch (Exception error) when (error is not StatusException && Refusal.Is(error))
            {
                // Reading it tells.
            }
        }

        _restarts.Add(folder, found);
        return found;
    }
}
