using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Events;
using Cairn.Tensorboards.Names;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Tensorboards.Uploads;

/// <summary>
/// Writes the values of one run's event files to a sink, batch by batch. Kept for as long as the run is followed: it knows the tags that
/// were seen.
/// </summary>
internal sealed class RunUpload
{
    private const int SeriesPerCall = 1_000;
    private const int MaxPluginData = 65_000;

    private readonly IRunSink _sink;
    private readonly UploadOptions _options;
    private readonly UploadTotals _totals;
    private readonly string _run;
    private readonly string _prefix;
    private readonly TagTable _tags;
    private readonly Dictionary<string, TensorboardTimeSeries> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<Tag, List<EventValue>> _pending = [];

    /// <summary>Which tag a series' name belongs to: two tags may be one name once what names cannot have is replaced.</summary>
    private readonly Dictionary<string, Tag> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    private RunUpload(IRunSink sink, UploadOptions options, UploadTotals totals, string run, string prefix)
    {
        (_sink, _options, _totals, _run, _prefix) = (sink, options, totals, run, prefix);
        _tags = new TagTable(options.Limits);
    }

    /// <summary>The run's resource name.</summary>
    public string Run => _run;

    /// <summary>The run's tags, for readers of its files.</summary>
    public TagTable Tags => _tags;

    /// <param name="run">The run's resource name.</param>
    /// <param name="prefix">What every tag gets in front.</param>
    public static async Task<RunUpload> OpenAsync(
        IRunSink sink,
        UploadOptions options,
        UploadTotals totals,
        string run,
        string prefix,
        CancellationToken cancellation
    )
    {
        var upload = new RunUpload(sink, options, totals, run, prefix);
        foreach (var known in await sink.SeriesAsync(run, cancellation))
        {
            upload._series[known.DisplayName] = known;
            if (known.DisplayName.StartsWith(prefix, StringComparison.Ordinal))
            {
                // A file that is read from its middle on does not say again what its tags are.
                upload._tags.Remember(
                    known.DisplayName[prefix.Length..],
                    known.PluginName,
                    known.PluginData.ToByteArray(),
                    (DataClass)(int)known.ValueType
                );
            }
        }

        return upload;
    }

    /// <summary>Reads a file to its present end; all that was read is written when this returns.</summary>
    /// <param name="file">The file's place in the run's order, as <paramref name="restarts"/> counts.</param>
    /// <param name="advance">Is told of each position up to which all is written.</param>
    public async Task ReadAsync(
        EventFileReader reader,
        int file,
        Restarts restarts,
        Func<long, Task> advance,
        CancellationToken cancellation
    )
    {
        while (await reader.FillAsync(cancellation))
        {
            var before = reader.Offset;
            Take(reader, file, restarts);
            await FlushAsync(cancellation);
            _totals.Bytes += reader.Offset - before;
            await advance(reader.Offset);
        }

        _totals.Damaged += reader.Skipped;
        foreach (var bytes in reader.Oversized)
        {
            _totals.Refuse($"A record of {bytes} bytes is longer than the {_options.Limits.MaxRecordBytes} that are read.");
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
                    _pending.TryAdd(cursor.Tag, []);
                }

                continue;
            }

            if (EventValue.From(cursor, out var refusal) is not { } value)
            {
                if (refusal is not null)
                {
                    _totals.PassOver(refusal);
                }

                continue;
            }

            if (restarts.IsVoid(file, start + cursor.RecordStart, cursor.Step))
            {
                _totals.Void++;
            }
            else if (value.Size > _options.MaxValueBytes)
            {
                _totals.PassOver($"A tensor or image of '{Name(cursor.Tag)}' is larger than {_options.MaxValueBytes >> 20} MB.");
            }
            else
            {
                if (!_pending.TryGetValue(cursor.Tag, out var values))
                {
                    _pending.Add(cursor.Tag, values = []);
                }

                values.Add(value);
            }
        }

        reader.Close(cursor);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await CreateMissingAsync(cancellation);
        var request = new WriteTensorboardRunDataRequest { TensorboardRun = _run };
        var (points, bytes) = (0, 0L);
        foreach (var (tag, values) in _pending)
        {
            if (Objection(tag) is { } objection)
            {
                _totals.Refuse(objection);
                continue;
            }

            if (!_series.TryGetValue(Name(tag), out var target))
            {
                continue;
            }

            TimeSeriesData? data = null;
            foreach (var value in values)
            {
                if (value.Type != target.ValueType)
                {
                    _totals.PassOver($"'{target.DisplayName}' is a series of {target.ValueType}, and has values of another kind.");
                    continue;
                }

                if (points == _options.PointsPerWrite || (points > 0 && bytes + value.Size > _options.BytesPerWrite))
                {
                    await WriteAsync(request, points, cancellation);
                    (request, data, points, bytes) = (new WriteTensorboardRunDataRequest { TensorboardRun = _run }, null, 0, 0);
                }

                if (data is null)
                {
                    data = new TimeSeriesData
                    {
                        TensorboardTimeSeriesId = target.Name[(target.Name.LastIndexOf('/') + 1)..],
                        ValueType = target.ValueType,
                    };
                    request.TimeSeriesData.Add(data);
                }

                data.Values.Add(value.Point);
                points++;
                bytes += value.Size;
            }

            values.Clear();
        }

        _pending.Clear();
        if (points > 0)
        {
            await WriteAsync(request, points, cancellation);
        }
    }

    private async Task WriteAsync(WriteTensorboardRunDataRequest request, int points, CancellationToken cancellation)
    {
        try
        {
            await _sink.WriteAsync(request, cancellation);
            _totals.Points += points;
        }
        catch (StatusException error) when (Refusal.Is(error) && request.TimeSeriesData.Count > 1)
        {
            // One of the series is at fault; the others go on without it.
            foreach (var one in request.TimeSeriesData)
            {
                await WriteAsync(
                    new WriteTensorboardRunDataRequest { TensorboardRun = _run, TimeSeriesData = { one } },
                    one.Values.Count,
                    cancellation
                );
            }
        }
        catch (StatusException error) when (Refusal.Is(error) && error.Code != Google.Rpc.Code.NotFound)
        {
            var name = _series
                .Values.FirstOrDefault(known =>
                    known.Name.EndsWith("/" + request.TimeSeriesData[0].TensorboardTimeSeriesId, StringComparison.Ordinal)
                )
                ?.DisplayName;
            _totals.Refuse($"Values of '{name}' are left out: {error.Message}");
        }
    }

    private async Task CreateMissingAsync(CancellationToken cancellation)
    {
        var missing = _pending.Where(entry => Objection(entry.Key) is null && !_series.ContainsKey(Name(entry.Key))).ToList();
        foreach (var chunk in missing.Chunk(SeriesPerCall))
        {
            await CreateAsync([.. chunk.Select(static entry => entry)], cancellation);
        }
    }

    private async Task CreateAsync(IReadOnlyList<KeyValuePair<Tag, List<EventValue>>> entries, CancellationToken cancellation)
    {
        try
        {
            foreach (
                var made in await _sink.CreateSeriesAsync(
                    _run,
                    [.. entries.Select(entry => Describe(entry.Key, entry.Value))],
                    cancellation
                )
            )
            {
                _series[made.DisplayName] = made;
            }
        }
        catch (StatusException error) when (Refusal.Is(error) && error.Code != Google.Rpc.Code.NotFound)
        {
            if (entries is [var one])
            {
                _refused.Add(Name(one.Key));
                _totals.Refuse($"The tag '{Short(one.Key)}' is left out: {error.Message}");
                return;
            }

            // One of them is at fault; the others are made without it.
            foreach (var entry in entries)
            {
                await CreateAsync([entry], cancellation);
            }
        }
    }

    /// <summary>Why a tag cannot be a series; null for one that can.</summary>
    private string? Objection(Tag tag)
    {
        var name = Name(tag);
        if (name.Length == _prefix.Length)
        {
            return "Values without a tag are left out.";
        }

        if (name.Length > _options.MaxTagLength)
        {
            return $"The tag '{Short(tag)}' is longer than {_options.MaxTagLength} characters.";
        }

        _owners.TryAdd(name, tag);
        return _refused.Contains(name) ? $"Values of the tag '{Short(tag)}', which is left out."
            : _owners[name] != tag
                ? $"The tags '{Short(_owners[name])}' and '{Short(tag)}' both become '{name}'; the second one is left out."
            : null;
    }

    private static string Short(Tag tag) => tag.Name.Length > 80 ? tag.Name[..80] + "…" : tag.Name;

    private TensorboardTimeSeries Describe(Tag tag, List<EventValue> values) =>
        new()
        {
            DisplayName = Name(tag),
            Description = tag.Description,
            ValueType = values.Count > 0 ? values[0].Type : TensorboardTimeSeries.Types.ValueType.Tensor,
            PluginName = values.Count > 0 ? values[0].Plugin : tag.PluginName,
            PluginData = tag.PluginData.Length <= MaxPluginData ? ByteString.CopyFrom(tag.PluginData) : ByteString.Empty,
        };

    private string Name(Tag tag) => KeyNames.Clean(_prefix + tag.Name);
}
