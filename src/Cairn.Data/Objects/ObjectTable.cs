using System.Data.Common;
using System.Text.Json;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Database;

namespace Cairn.Data.Objects;

/// <summary>The SQL of <c>data_objects</c>.</summary>
internal static class ObjectTable
{
    internal const string Columns =
        "bucket, name, generation, metageneration, size, crc32c, md5, components, blob, created, updated, deleted, metadata";

    public static ObjectRecord? FindLive(ISqlSession session, string bucket, string name) =>
        session.QueryFirst($"SELECT {Columns} FROM data_objects WHERE bucket = $1 AND name = $2 AND deleted IS NULL", Map, bucket, name);

    public static ObjectRecord? Find(ISqlSession session, string bucket, string name, long? generation) =>
        generation is { } number
            ? session.QueryFirst(
                $"SELECT {Columns} FROM data_objects WHERE bucket = $1 AND name = $2 AND generation = $3",
                Map,
                bucket,
                name,
                number
            )
            : FindLive(session, bucket, name);

    /// <summary>The highest generation that the name has or had and that is still stored; 0 where there is none.</summary>
    public static long LastGeneration(ISqlSession session, string bucket, string name) =>
        session.QueryFirst(
            "SELECT generation FROM data_objects WHERE bucket = $1 AND name = $2 ORDER BY generation DESC LIMIT 1",
            static row => row.GetInt64(0),
            bucket,
            name
        );

    public static bool Any(ISqlSession session, string bucket) =>
        session.QueryFirst("SELECT 1 FROM data_objects WHERE bucket = $1 LIMIT 1", static _ => true, bucket);

    /// <summary>Whether some live object's name starts with the prefix.</summary>
    public static bool AnyLiveBelow(ISqlSession session, string bucket, string prefix) =>
        Live(session, bucket, prefix, ObjectName.PrefixEnd(prefix), 1).Count > 0;

    public static bool IsReferenced(ISqlSession session, string blob) =>
        session.QueryFirst("SELECT 1 FROM data_objects WHERE blob = $1 LIMIT 1", static _ => true, blob)
        || session.QueryFirst("SELECT 1 FROM data_upload_parts WHERE blob = $1 LIMIT 1", static _ => true, blob)
        || DeletedObjectTable.IsReferenced(session, blob);

    /// <summary>How many stored generations of a name are newer than one.</summary>
    public static long CountNewer(ISqlSession session, string bucket, string name, long generation) =>
        session.QueryFirst(
            "SELECT COUNT(*) FROM data_objects WHERE bucket = $1 AND name = $2 AND generation > $3",
            static row => row.GetInt64(0),
            bucket,
            name,
            generation
        );

    /// <summary>Live objects from a name on (inclusive) and below an end, in the order of names.</summary>
    public static List<ObjectRecord> Live(ISqlSession session, string bucket, string from, string? end, int limit) =>
        end is null
            ? session.Query(
                $"SELECT {Columns} FROM data_objects WHERE bucket = $1 AND deleted IS NULL AND name >= $2 ORDER BY name LIMIT $3",
                Map,
                bucket,
                from,
                limit
            )
            : session.Query(
                $"SELECT {Columns} FROM data_objects WHERE bucket = $1 AND deleted IS NULL AND name >= $2 AND name < $3 ORDER BY name LIMIT $4",
                Map,
                bucket,
                from,
                end,
                limit
            );

    /// <summary>
    /// All generations, in the order of names and then of generations, beginning after <paramref name="after"/> for the name
    /// <paramref name="from"/>.
    /// </summary>
    public static List<ObjectRecord> Versions(ISqlSession session, string bucket, string from, long after, string? end, int limit)
    {
        const string start = $"SELECT {Columns} FROM data_objects WHERE bucket = $1 AND name >= $2 AND (name > $2 OR generation > $3)";
        return end is null
            ? session.Query($"{start} ORDER BY name, generation LIMIT $4", Map, bucket, from, after, limit)
            : session.Query($"{start} AND name < $4 ORDER BY name, generation LIMIT $5", Map, bucket, from, after, end, limit);
    }

    public static void Insert(ISqlSession session, ObjectRecord item) =>
        session.Execute(
            $"INSERT INTO data_objects ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            Values(item)
        );

    /// <summary>What stands in <see cref="Columns"/>.</summary>
    internal static object?[] Values(ObjectRecord item) =>
        [
            item.Bucket,
            item.Name,
            item.Generation,
            item.Metageneration,
            item.Content.Size,
            (long)item.Content.Crc32C,
            item.Content.Md5,
            item.Content.Components,
            item.Content.Blob,
            item.Created,
            item.Updated,
            item.Deleted,
            Serialize(item.Metadata),
        ];

    public static void UpdateMetadata(ISqlSession session, ObjectRecord item) =>
        session.Execute(
            "UPDATE data_objects SET metageneration = $4, updated = $5, metadata = $6 WHERE bucket = $1 AND name = $2 AND generation = $3",
            item.Bucket,
            item.Name,
            item.Generation,
            item.Metageneration,
            item.Updated,
            Serialize(item.Metadata)
        );

    public static void MarkNoncurrent(ISqlSession session, ObjectRecord item, long now) =>
        session.Execute(
            "UPDATE data_objects SET deleted = $4 WHERE bucket = $1 AND name = $2 AND generation = $3",
            item.Bucket,
            item.Name,
            item.Generation,
            now
        );

    public static void Delete(ISqlSession session, ObjectRecord item) =>
        session.Execute(
            "DELETE FROM data_objects WHERE bucket = $1 AND name = $2 AND generation = $3",
            item.Bucket,
            item.Name,
            item.Generation
        );

    private static string Serialize(ObjectMetadata metadata) => JsonSerializer.Serialize(metadata, DataJson.Default.ObjectMetadata);

    internal static ObjectRecord Map(DbDataReader row) =>
        new()
        {
            Bucket = row.GetString(0),
            Name = row.GetString(1),
            Generation = row.GetInt64(2),
            Metageneration = row.GetInt64(3),
            Content = new Content(
                row.GetString(8),
                row.GetInt64(4),
                (uint)row.GetInt64(5),
                row.IsDBNull(6) ? null : row.GetString(6),
                row.IsDBNull(7) ? null : row.GetInt64(7)
            ),
            Created = row.GetInt64(9),
            Updated = row.GetInt64(10),
            Deleted = row.IsDBNull(11) ? null : row.GetInt64(11),
            Metadata = JsonSerializer.Deserialize(row.GetString(12), DataJson.Default.ObjectMetadata)!,
        };
}
