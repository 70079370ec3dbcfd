using System.Data.Common;
using Cairn.Data.Buckets;
using Cairn.Kernel.Database;

namespace Cairn.Data.SoftDelete;

/// <summary>The SQL of <c>data_deleted_buckets</c>: buckets that were deleted while they kept deleted objects.</summary>
internal static class DeletedBucketTable
{
    private const string Columns = BucketTable.Columns + ", soft_deleted, hard_delete";

    public static Bucket? Find(ISqlSession session, string name, long created) =>
        session.QueryFirst($"SELECT {Columns} FROM data_deleted_buckets WHERE name = $1 AND created = $2", Map, name, created);

    /// <summary>When the last deleted bucket of a name was created; 0 where there is none.</summary>
    public static long LastCreated(ISqlSession session, string name) =>
        session.QueryFirst(
            "SELECT created FROM data_deleted_buckets WHERE name = $1 ORDER BY created DESC LIMIT 1",
            static row => row.GetInt64(0),
            name
        );

    /// <summary>A project's, in the order of names and then of creation, beginning after one.</summary>
    public static List<Bucket> List(ISqlSession session, string project, string from, long after, string? end, int limit)
    {
        const string start =
            $"SELECT {Columns} FROM data_deleted_buckets WHERE project = $1 AND name >= $2 AND (name > $2 OR created > $3)";
        return end is null
            ? session.Query($"{start} ORDER BY name, created LIMIT $4", Map, project, from, after, limit)
            : session.Query($"{start} AND name < $4 ORDER BY name, created LIMIT $5", Map, project, from, after, end, limit);
    }

    public static void Insert(ISqlSession session, Bucket bucket) =>
        session.Execute(
            $"INSERT INTO data_deleted_buckets ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            [.. BucketTable.Values(bucket), bucket.SoftDeleted, bucket.HardDelete]
        );

    public static void Delete(ISqlSession session, string name, long created) =>
        session.Execute("DELETE FROM data_deleted_buckets WHERE name = $1 AND created = $2", name, created);

    /// <summary>Forgets buckets that can no longer be restored; returns how many.</summary>
    public static int DeleteDue(ISqlSession session, long now) =>
        session.Execute("DELETE FROM data_deleted_buckets WHERE hard_delete <= $1", now);

    private static Bucket Map(DbDataReader row) =>
        BucketTable.Map(row) with
        {
            SoftDeleted = row.GetInt64(12),
            HardDelete = row.GetInt64(13),
        };
}
