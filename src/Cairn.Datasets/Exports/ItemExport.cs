using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cairn.Data;
using Cairn.Datasets.Items;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets.Exports;

/// <summary>
/// Writes items with their annotations as JSON Lines, in the format that they are imported from. The fingerprint of an item is that of its
/// address or its text.
/// </summary>
internal sealed class ItemExport(IDatabase database, IResourceStore store)
{
    private const string Format = "jsonl";
    private const int PageSize = 500;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<StagedExport> WriteAsync(
        Dataset dataset,
        ItemSelection selection,
        SplitPlan plan,
        ShardSets shards,
        GsUri directory,
        CancellationToken cancellation
    )
    {
        var rule = plan.Rule?.Invoke();
        var many = await database.ReadAsync(
            session =>
                ItemFormat.All.Any(format =>
                    format.Many
                    && (selection.Annotation.Length == 0 || format.Annotation == selection.Annotation)
                    && ItemTable.HasFormat(session, dataset.Name, format)
                ),
            cancellation
        );
        var line = new ArrayBufferWriter<byte>();
        long rows = 0;
        for (var token = ""; ; )
        {
            var page = await store.ListAsync<DataItem>(
                DatasetKinds.DataItem,
                new ListQuery(dataset.Name, "", "create_time", PageSize, token),
                cancellation
            );
            var chosen = await database.ReadAsync(session => Choose(session, page.Items, selection, plan), cancellation);
            foreach (var (item, annotations, filtered) in chosen)
            {
                var field = item.Payload.StructValue.Fields.Single();
                var set = rule is null ? filtered : rule.Assign([], FarmFingerprint.Of(field.Value.StringValue));
                line.ResetWrittenCount();
                Write(line, item, annotations, many, plan.Splits ? set : null);
                await shards.WriteAsync(set, line.WrittenSpan, cancellation);
                rows++;
            }

            token = page.NextPageToken;
            if (token.Length == 0)
            {
                break;
            }
        }

        return rows > 0
            ? await shards.CompleteAsync(directory, Format, cancellation)
            : throw StatusException.InvalidArgument(
                dataset.DataItemCount == 0
                    ? $"Dataset '{dataset.Name}' has no items; import some."
                    : $"None of the {dataset.DataItemCount} items of dataset '{dataset.Name}' has an annotation that was asked for."
            );
    }

    private List<(DataItem Item, List<Annotation> Annotations, SplitSet? Set)> Choose(
        ISqlSession session,
        IReadOnlyList<DataItem> items,
        ItemSelection selection,
        SplitPlan plan
    )
    {
        var sets = Sets(session, items, plan.Filters);
        var chosen = new List<(DataItem, List<Annotation>, SplitSet?)>();
        foreach (var item in items)
        {
            var annotations = store.Children<Annotation>(session, DatasetKinds.Annotation, item.Name);
            annotations.RemoveAll(annotation =>
                selection.Annotation.Length > 0
                && !annotation.PayloadSchemaUri.EndsWith($"/{selection.Annotation}_1.0.0.yaml", StringComparison.Ordinal)
            );
            if (selection.AnnotationsFilter.Length > 0)
            {
                var matching = store.Match(
                    session,
                    DatasetKinds.Annotation,
                    [.. annotations.Select(static annotation => annotation.Name)],
                    selection.AnnotationsFilter
                );
                annotations.RemoveAll(annotation => !matching.Contains(annotation.Name));
            }

            if (annotations.Count > 0 || selection.Unannotated)
            {
                chosen.Add((item, annotations, sets.TryGetValue(item.Name, out var set) ? set : null));
            }
        }

        return chosen;
    }

    /// <summary>The sets by filter: an item that several filters match is for the first of them.</summary>
    private Dictionary<string, SplitSet> Sets(ISqlSession session, IReadOnlyList<DataItem> items, IReadOnlyList<string>? filters)
    {
        var sets = new Dictionary<string, SplitSet>();
        string[] names = [.. items.Select(static item => item.Name)];
        for (var i = 0; filters is not null && i < filters.Count; i++)
        {
            if (filters[i] != SplitPlan.Nothing)
            {
                foreach (var name in store.Match(session, DatasetKinds.DataItem, names, filters[i]))
                {
                    sets.TryAdd(name, SplitSets.All[i]);
                }
            }
        }

        return sets;
    }

    private static void Write(ArrayBufferWriter<byte> line, DataItem item, List<Annotation> annotations, bool many, SplitSet? set)
    {
        using var json = new Utf8JsonWriter(line, Options);
        json.WriteStartObject();
        foreach (var (name, value) in item.Payload.StructValue.Fields)
        {
            json.WriteString(name, value.StringValue);
        }

        if (many)
        {
            json.WriteStartArray("classificationAnnotations");
            annotations.ForEach(annotation => Write(json, annotation));
            json.WriteEndArray();
        }
        else if (annotations.Count > 0)
        {
            // Imported twice with different labels, an item has two annotations; the format has room for the newest.
            json.WritePropertyName("classificationAnnotation");
            Write(json, annotations[^1]);
        }

        var labels = new SortedDictionary<string, string>(item.Labels, StringComparer.Ordinal);
        if (set is { } assigned)
        {
            labels[ItemLabels.Use] = assigned.Name();
        }

        Write(json, "dataItemResourceLabels", labels);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Annotation annotation)
    {
        json.WriteStartObject();
        json.WriteString("displayName", annotation.Payload.StructValue.Fields["displayName"].StringValue);
        Write(json, "annotationResourceLabels", new SortedDictionary<string, string>(annotation.Labels, StringComparer.Ordinal));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, SortedDictionary<string, string> labels)
    {
        if (labels.Count > 0)
        {
            json.WriteStartObject(name);
            foreach (var (key, value) in labels)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }
    }
}
