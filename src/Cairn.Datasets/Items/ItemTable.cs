using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Datasets.Items;

/// <summary>
/// Items, their annotations, and the classes that occur, as resources below their data set. Ids come from what a thing is, so that
/// importing the same again changes nothing.
/// </summary>
internal sealed class ItemTable(IResourceStore store)
{
    public static MigrationSet Migrations { get; } =
        new(
            "dataset-items",
            ["CREATE TABLE dataset_formats (dataset {text} NOT NULL, format {text} NOT NULL, PRIMARY KEY (dataset, format))"]
        );

    /// <summary>Whether anything of the format has been imported.</summary>
    public static bool HasFormat(ISqlSession session, string dataset, ItemFormat format) =>
        session.QueryFirst("SELECT 1 FROM dataset_formats WHERE dataset = $1 AND format = $2", static _ => true, dataset, format.Name);

    /// <summary>Adds items to a data set; what it has already gets the new labels and annotations.</summary>
    /// <exception cref="StatusException">NOT_FOUND where the data set has been deleted.</exception>
    public void Add(ISqlSession session, string dataset, ItemFormat format, IReadOnlyList<ImportedItem> items)
    {
        var stored =
            store.Find<Dataset>(session, DatasetKinds.Dataset, dataset)
            ?? throw StatusException.NotFound($"Dataset '{dataset}' does not exist any more.");
        session.Execute("INSERT INTO dataset_formats (dataset, format) VALUES ($1, $2) ON CONFLICT DO NOTHING", dataset, format.Name);
        foreach (var item in items)
        {
            var name = $"{dataset}/dataItems/{Id(item.Value)}";
            if (store.Find<DataItem>(session, DatasetKinds.DataItem, name) is { } known)
            {
                Relabel(session, known, item);
            }
            else
            {
                store.Insert(
                    session,
                    DatasetKinds.DataItem,
                    new DataItem
                    {
                        Name = name,
                        Payload = Value.ForStruct(new Struct { Fields = { [item.Field] = Value.ForString(item.Value) } }),
                        Labels = { item.Labels.ToDictionary() },
                    }
                );
                stored.DataItemCount++;
            }

            foreach (var annotation in item.Annotations)
            {
                Annotate(session, dataset, name, format, annotation);
            }
        }

        store.Update(session, DatasetKinds.Dataset, stored);
    }

    /// <summary>Forgets what belongs to the items of a data set that is gone, and is no resource.</summary>
    public static void Forget(ISqlSession session, string dataset) =>
        session.Execute("DELETE FROM dataset_formats WHERE dataset = $1", dataset);

    private void Relabel(ISqlSession session, DataItem known, ImportedItem item)
    {
        var changed = false;
        foreach (var (key, value) in item.Labels)
        {
            changed |= !known.Labels.TryGetValue(key, out var old) || old != value;
            known.Labels[key] = value;
        }

        if (changed)
        {
            store.Update(session, DatasetKinds.DataItem, known);
        }
    }

    private void Annotate(ISqlSession session, string dataset, string item, ItemFormat format, ImportedAnnotation annotation)
    {
        var spec = Id(annotation.DisplayName);
        var specName = $"{dataset}/annotationSpecs/{spec}";
        if (store.Find<AnnotationSpec>(session, DatasetKinds.AnnotationSpec, specName) is null)
        {
            store.Insert(
                session,
                DatasetKinds.AnnotationSpec,
                new AnnotationSpec { Name = specName, DisplayName = annotation.DisplayName }
            );
        }

        var labels = string.Concat(
            annotation.Labels.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"\0{pair.Key}\0{pair.Value}")
        );
        var name = $"{item}/annotations/{Id($"{format.Annotation}\0{annotation.DisplayName}{labels}")}";
        if (store.Find<Annotation>(session, DatasetKinds.Annotation, name) is null)
        {
            store.Insert(
                session,
                DatasetKinds.Annotation,
                new Annotation
                {
                    Name = name,
                    PayloadSchemaUri = format.AnnotationSchemaUri,
                    Payload = Value.ForStruct(
                        new Struct
                        {
                            Fields =
                            {
                                ["annotationSpecId"] = Value.ForString(spec),
                                ["displayName"] = Value.ForString(annotation.DisplayName),
                            },
                        }
                    ),
                    Labels = { annotation.Labels.ToDictionary() },
                }
            );
        }
    }

    /// <summary>96 bits of the SHA-256: no two texts of one data set share them.</summary>
    private static string Id(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
}
