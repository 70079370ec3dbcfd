using Cairn.Kernel.Errors;
using Cairn.Tracking.Events;
using Cairn.Tracking.Tensorboards.Names;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Tracking.Tensorboards.Uploads;

/// <summary>Writes the values of one run's event files to a sink, batch by batch. Kept for as long as the run is followed: it knows the tags that were seen.</summary>
internal sealed class RunUpload
{
    private const int SeriesPerCall = 1_000;
    private const int MaxPluginData = 65_000;

    private readonly IRunSink sink;
    private readonly UploadOptions options;
    private readonly UploadTotals totals;
    private readonly string run;
    private readonly string prefix;
    private readonly TagTable tags;
    private readonly Dictionary<string, TensorboardTimeSeries> series = new(StringComparer.Ordinal);
    private readonly Dictionary<Tag, List<EventValue>> pending = [];

    /// <summary>Which tag a series' name belongs to: two tags may be one name once what names cannot have is replaced.</summary>
    private readonly Dictionary<string, Tag> owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);

    private RunUpload(IRunSink sink, UploadOptions options, UploadTotals totals, string run, string prefix)
    {
        (this.sink, this.options, this.totals, this.run, this.prefix) = (sink, options, totals, run, prefix);
        tags = new TagTable(options.Limits);
    }

    /// <summary>The run's resource name.</summary>
    public string Run => run;

    /// <summary>The run's tags, for readers of its files.</summary>
    public TagTable Tags => tags;

    /// <param name="run">The run's resource name.</param>
    /// <param name="prefix">What every tag gets in front.</param>
    public static async Task<RunUpload> OpenAsync(IRunSink sink, UploadOptions options, UploadTotals totals, string run, string prefix, CancellationToken cancellation)
    {
        var upload = new RunUpload(sink, options, totals, run, prefix);
        foreach (var known in await sink.SeriesAsync(run, cancellation).ConfigureAwait(false))
        {
            upload.series[known.DisplayName] = known;
            if (known.DisplayName.StartsWith(prefix, StringComparison.Ordinal))
            {
                // A file that is read from its middle on does not say again what its tags are.
                upload.tags.Remember(known.DisplayName[prefix.Length..], known.PluginName, known.PluginData.ToByteArray(), (DataClass)(int)known.ValueType);
            }
        }

        return upload;
    }

    /// <summary>Reads a file to its present end; all that was read is written when this returns.</summary>
    /// <param name="file">The file's place in the run's order, as <paramref name="restarts"/> counts.</param>
    /// <param name="advance">Is told of each position up to which all is written.</param>
    public async Task ReadAsync(EventFileReader reader, int file, Restarts restarts, Func<long, Task> advance, CancellationToken cancellation)
    {
        while (await reader.FillAsync(cancellation).ConfigureAwait(false))
        {
            var before = reader.Offset;
            Take(reader, file, restarts);
            await FlushAsync(cancellation).ConfigureAwait(false);
            totals.Bytes += reader.Offset - before;
            await advance(reader.Offset).ConfigureAwait(false);
        }

        totals.Damaged += reader.Skipped;
        foreach (var bytes in reader.Oversized)
        {
            totals.Refuse($"A record of {bytes} bytes is longer than the {options.Limits.MaxRecordBytes} that are read.");
        }
    }

    private void Take(EventFileReader reader, int file, Restarts restarts)
    {
        var start = reader.Offset;
        var cursor = reader.Open();
        while (cursor.MoveNext())
        {
            if (cursor.Kind == EventKind.Description)
            {
                // Hyperparameters are in the description alone; other descriptions wait for their values.
                if (cursor.Tag.PluginName == Plugins.HParams)
                {
                    pending.TryAdd(cursor.Tag, []);
                }

                continue;
            }

            if (EventValue.From(cursor, out var refusal) is not { } value)
            {
                if (refusal is not null)
                {
                    totals.PassOver(refusal);
                }

                continue;
            }

            if (restarts.IsVoid(file, start + cursor.RecordStart, cursor.Step))
            {
                totals.Void++;
            }
            else if (value.Size > options.MaxValueBytes)
            {
                totals.PassOver($"A tensor or image of '{Name(cursor.Tag)}' is larger than {options.MaxValueBytes >> 20} MB.");
            }
            else
            {
                if (!pending.TryGetValue(cursor.Tag, out var values))
                {
                    pending.Add(cursor.Tag, values = []);
                }

                values.Add(value);
            }
        }

        reader.Close(cursor);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await CreateMissingAsync(cancellation).ConfigureAwait(false);
        var request = new WriteTensorboardRunDataRequest { TensorboardRun = run };
        var (points, bytes) = (0, 0L);
        foreach (var (tag, values) in pending)
        {
            if (Objection(tag) is { } objection)
            {
                totals.Refuse(objection);
                continue;
            }

            if (!series.TryGetValue(Name(tag), out var target))
            {
                continue;
            }

            TimeSeriesData? data = null;
            foreach (var value in values)
            {
                if (value.Type != target.ValueType)
                {
                    totals.PassOver($"'{target.DisplayName}' is a series of {target.ValueType}, and has values of another kind.");
                    continue;
                }

                if (points == options.PointsPerWrite || (points > 0 && bytes + value.Size > options.BytesPerWrite))
                {
                    await WriteAsync(request, points, cancellation).ConfigureAwait(false);
                    (request, data, points, bytes) = (new WriteTensorboardRunDataRequest { TensorboardRun = run }, null, 0, 0);
                }

                if (data is null)
                {
                    data = new TimeSeriesData { TensorboardTimeSeriesId = target.Name[(target.Name.LastIndexOf('/') + 1)..], ValueType = target.ValueType };
                    request.TimeSeriesData.Add(data);
                }

                data.Values.Add(value.Point);
                points++;
                bytes += value.Size;
            }

            values.Clear();
        }

        pending.Clear();
        if (points > 0)
        {
            await WriteAsync(request, points, cancellation).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(WriteTensorboardRunDataRequest request, int points, CancellationToken cancellation)
    {
        try
        {
            await sink.WriteAsync(request, cancellation).ConfigureAwait(false);
            totals.Points += points;
        }
        catch (StatusException error) when (Refusal.Is(error) && request.TimeSeriesData.Count > 1)
        {
            // One of the series is at fault; the others go on without it.
            foreach (var one in request.TimeSeriesData)
            {
                await WriteAsync(new WriteTensorboardRunDataRequest { TensorboardRun = run, TimeSeriesData = { one } }, one.Values.Count, cancellation).ConfigureAwait(false);
            }
        }
        catch (StatusException error) when (Refusal.Is(error) && error.Code != Google.Rpc.Code.NotFound)
        {
            var name = series.Values.FirstOrDefault(known => known.Name.EndsWith("/" + request.TimeSeriesData[0].TensorboardTimeSeriesId, StringComparison.Ordinal))?.DisplayName;
            totals.Refuse($"Values of '{name}' are left out: {error.Message}");
        }
    }

    private async Task CreateMissingAsync(CancellationToken cancellation)
    {
        var missing = pending.Where(entry => Objection(entry.Key) is null && !series.ContainsKey(Name(entry.Key))).ToList();
        foreach (var chunk in missing.Chunk(SeriesPerCall))
        {
            await CreateAsync([.. chunk.Select(static entry => entry)], cancellation).ConfigureAwait(false);
        }
    }

    private async Task CreateAsync(IReadOnlyList<KeyValuePair<Tag, List<EventValue>>> entries, CancellationToken cancellation)
    {
        try
        {
            foreach (var made in await sink.CreateSeriesAsync(run, [.. entries.Select(entry => Describe(entry.Key, entry.Value))], cancellation).ConfigureAwait(false))
            {
                series[made.DisplayName] = made;
            }
        }
        catch (StatusException error) when (Refusal.Is(error) && error.Code != Google.Rpc.Code.NotFound)
        {
            if (entries is [var one])
            {
                refused.Add(Name(one.Key));
                totals.Refuse($"The tag '{Short(one.Key)}' is left out: {error.Message}");
                return;
            }

            // One of them is at fault; the others are made without it.
            foreach (var entry in entries)
            {
                await CreateAsync([entry], cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Why a tag cannot be a series; null for one that can.</summary>
    private string? Objection(Tag tag)
    {
        var name = Name(tag);
        if (name.Length == prefix.Length)
        {
            return "Values without a tag are left out.";
        }

        if (name.Length > options.MaxTagLength)
        {
            return $"The tag '{Short(tag)}' is longer than {options.MaxTagLength} characters.";
        }

        owners.TryAdd(name, tag);
        return refused.Contains(name) ? $"Values of the tag '{Short(tag)}', which is left out."
            : owners[name] != tag ? $"The tags '{Short(owners[name])}' and '{Short(tag)}' both become '{name}'; the second one is left out."
            : null;
    }

    private static string Short(Tag tag) => tag.Name.Length > 80 ? tag.Name[..80] + "…" : tag.Name;

    private TensorboardTimeSeries Describe(Tag tag, List<EventValue> values) => new()
    {
        DisplayName = Name(tag),
        Description = tag.Description,
        ValueType = values.Count > 0 ? values[0].Type : TensorboardTimeSeries.Types.ValueType.Tensor,
        PluginName = values.Count > 0 ? values[0].Plugin : tag.PluginName,
        PluginData = tag.PluginData.Length <= MaxPluginData ? ByteString.CopyFrom(tag.PluginData) : ByteString.Empty,
    };

    private string Name(Tag tag) => KeyNames.Clean(prefix + tag.Name);
}
