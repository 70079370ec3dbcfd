using System.Data.Common;
using System.Text.Json;
using Cairn.Kernel.Database;

namespace Cairn.Data.Buckets;

/// <summary>The SQL of <c>data_buckets</c>.</summary>
internal static class BucketTable
{
    internal const string Columns =
        "name, project, location, storage_class, metageneration, created, updated, versioning, labels, policy, generation_floor, settings";

    public static Bucket? Find(ISqlSession session, string name) =>
        session.QueryFirst($"SELECT {Columns} FROM data_buckets WHERE name = $1", Map, name);

    public static List<Bucket> List(ISqlSession session, string project, string from, string? end, int limit) =>
        end is null
            ? session.Query(
                $"SELECT {Columns} FROM data_buckets WHERE project = $1 AND name >= $2 ORDER BY name LIMIT $3",
                Map,
                project,
                from,
                limit
            )
            : session.Query(
                $"SELECT {Columns} FROM data_buckets WHERE project = $1 AND name >= $2 AND name < $3 ORDER BY name LIMIT $4",
                Map,
                project,
                from,
                end,
                limit
            );

    public static List<string> Names(ISqlSession session) =>
        session.Query("SELECT name FROM data_buckets ORDER BY name", static row => row.GetString(0));

    /// <summary>All buckets in the order of names, beginning after one.</summary>
    public static List<Bucket> After(ISqlSession session, string name, int limit) =>
        session.Query($"SELECT {Columns} FROM data_buckets WHERE name > $1 ORDER BY name LIMIT $2", Map, name, limit);

    public static void Insert(ISqlSession session, Bucket bucket) =>
        session.Execute($"INSERT INTO data_buckets ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", Values(bucket));

    /// <summary>What stands in <see cref="Columns"/>.</summary>
    internal static object?[] Values(Bucket bucket) =>
        [
            bucket.Name,
            bucket.Project,
            bucket.Location,
            bucket.StorageClass,
            bucket.Metageneration,
            bucket.Created,
            bucket.Updated,
            bucket.Versioning ? 1L : 0L,
            Serialize(bucket.Labels),
            bucket.Policy,
            bucket.GenerationFloor,
            Serialize(bucket.Settings),
        ];

    public static void Update(ISqlSession session, Bucket bucket) =>
        session.Execute(
            "UPDATE data_buckets SET storage_class = $2, metageneration = $3, updated = $4, versioning = $5, labels = $6, policy = $7, settings = $8 WHERE name = $1",
            bucket.Name,
            bucket.StorageClass,
            bucket.Metageneration,
            bucket.Updated,
            bucket.Versioning ? 1L : 0L,
            Serialize(bucket.Labels),
            bucket.Policy,
            Serialize(bucket.Settings)
        );

    public static void RaiseFloor(ISqlSession session, string name, long generation) =>
        session.Execute("UPDATE data_buckets SET generation_floor = $2 WHERE name = $1 AND generation_floor < $2", name, generation);

    public static void Delete(ISqlSession session, string name) => session.Execute("DELETE FROM data_buckets WHERE name = $1", name);

    internal static string Serialize(BucketSettings settings) => JsonSerializer.Serialize(settings, DataJson.Default.BucketSettings);

    internal static string Serialize(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(labels), DataJson.Default.DictionaryStringString);

    internal static Bucket Map(DbDataReader row) =>
        new()
        {
            Name = row.GetString(0),
            Project = row.GetString(1),
            Location = row.GetString(2),
            StorageClass = row.GetString(3),
            Metageneration = row.GetInt64(4),
            Created = row.GetInt64(5),
            Updated = row.GetInt64(6),
            Versioning = row.GetInt64(7) != 0,
            Labels = JsonSerializer.Deserialize(row.GetString(8), DataJson.Default.DictionaryStringString)!,
            Policy = row.IsDBNull(9) ? null : row.GetString(9),
            GenerationFloor = row.GetInt64(10),
            Settings = JsonSerializer.Deserialize(row.GetString(11), DataJson.Default.BucketSettings)!,
        };
}
