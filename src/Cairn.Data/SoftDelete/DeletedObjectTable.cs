using System.Data.Common;
using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Database;

namespace Cairn.Data.SoftDelete;

/// <summary>The SQL of <c>data_deleted_objects</c>: what was deleted, and can be restored for a time.</summary>
internal static class DeletedObjectTable
{
    private const string Columns = ObjectTable.Columns + ", soft_deleted, hard_delete";

    public static ObjectRecord? Find(ISqlSession session, Bucket bucket, string name, long generation) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM data_deleted_objects WHERE bucket = $1 AND bucket_created = $2 AND name = $3 AND generation = $4",
            Map,
            bucket.Name,
            bucket.Created,
            name,
            generation
        );

    /// <summary>In the order of names and then of generations, as <see cref="ObjectTable.Versions"/>.</summary>
    public static List<ObjectRecord> List(ISqlSession session, Bucket bucket, string from, long after, string? end, int limit)
    {
        const string start =
            $"SELECT {Columns} FROM data_deleted_objects WHERE bucket = $1 AND bucket_created = $2 AND name >= $3 AND (name > $3 OR generation > $4)";
        return end is null
            ? session.Query($"{start} ORDER BY name, generation LIMIT $5", Map, bucket.Name, bucket.Created, from, after, limit)
            : session.Query(
                $"{start} AND name < $5 ORDER BY name, generation LIMIT $6",
                Map,
                bucket.Name,
                bucket.Created,
                from,
                after,
                end,
                limit
            );
    }

    public static bool IsReferenced(ISqlSession session, string blob) =>
        session.QueryFirst("SELECT 1 FROM data_deleted_objects WHERE blob = $1 LIMIT 1", static _ => true, blob);

    public static void Insert(ISqlSession session, Bucket bucket, ObjectRecord item) =>
        session.Execute(
            $"INSERT INTO data_deleted_objects (bucket_created, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            [bucket.Created, .. ObjectTable.Values(item), item.SoftDeleted, item.HardDelete]
        );

    /// <summary>Deletes some of what is due for good; returns their blobs.</summary>
    public static List<string> DeleteDue(ISqlSession session, long now, int limit)
    {
        var due = session.Query(
            "SELECT bucket, bucket_created, name, generation, blob FROM data_deleted_objects WHERE hard_delete <= $1 ORDER BY hard_delete LIMIT $2",
            static row =>
                (
                    Bucket: row.GetString(0),
                    Created: row.GetInt64(1),
                    Name: row.GetString(2),
                    Generation: row.GetInt64(3),
                    Blob: row.GetString(4)
                ),
            now,
            limit
        );
        foreach (var item in due)
        {
            session.Execute(
                "DELETE FROM data_deleted_objects WHERE bucket = $1 AND bucket_created = $2 AND name = $3 AND generation = $4",
                item.Bucket,
                item.Created,
                item.Name,
                item.Generation
            );
        }

        return due.ConvertAll(static item => item.Blob);
    }

    private static ObjectRecord Map(DbDataReader row) =>
        ObjectTable.Map(row) with
        {
            SoftDeleted = row.GetInt64(13),
            HardDelete = row.GetInt64(14),
        };
}
