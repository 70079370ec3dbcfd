using System.Data.Common;
using System.Text.Json;
using Cairn.Data.Objects;
using Cairn.Kernel.Database;

namespace Cairn.Data.Uploads;

/// <summary>The SQL of <c>data_uploads</c> and <c>data_upload_parts</c>.</summary>
internal static class UploadTable
{
    public static Upload? Find(ISqlSession session, string id) =>
        session.QueryFirst("SELECT id, bucket, name, request, received, state, generation FROM data_uploads WHERE id = $1", Map, id);

    public static void Insert(ISqlSession session, Upload upload, long now) =>
        session.Execute(
            "INSERT INTO data_uploads (id, bucket, name, request, received, state, generation, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            upload.Id,
            upload.Bucket,
            upload.Name,
            JsonSerializer.Serialize(upload.Request, DataJson.Default.UploadRequest),
            upload.Received,
            (long)upload.State,
            upload.Generation,
            now
        );

    public static void Update(ISqlSession session, Upload upload, long now) =>
        session.Execute(
            "UPDATE data_uploads SET received = $2, state = $3, generation = $4, updated = $5 WHERE id = $1",
            upload.Id,
            upload.Received,
            (long)upload.State,
            upload.Generation,
            now
        );

    public static void AddPart(ISqlSession session, string upload, long start, Content part) =>
        session.Execute(
            "INSERT INTO data_upload_parts (upload, start, length, crc32c, md5, blob) VALUES ($1, $2, $3, $4, $5, $6)",
            upload,
            start,
            part.Size,
            (long)part.Crc32C,
            part.Md5,
            part.Blob
        );

    /// <summary>The parts in the order of their bytes.</summary>
    public static List<Content> Parts(ISqlSession session, string upload) =>
        session.Query(
            "SELECT blob, length, crc32c, md5 FROM data_upload_parts WHERE upload = $1 ORDER BY start",
            static row => new Content(row.GetString(0), row.GetInt64(1), (uint)row.GetInt64(2), row.GetString(3)),
            upload
        );

    public static void DeleteParts(ISqlSession session, string upload) =>
        session.Execute("DELETE FROM data_upload_parts WHERE upload = $1", upload);

    public static void Delete(ISqlSession session, string upload) => session.Execute("DELETE FROM data_uploads WHERE id = $1", upload);

    /// <summary>Uploads that nothing has happened to since an instant.</summary>
    public static List<string> Idle(ISqlSession session, long before, int limit) =>
        session.Query("SELECT id FROM data_uploads WHERE updated < $1 LIMIT $2", static row => row.GetString(0), before, limit);

    /// <summary>
    /// A bucket's unfinished uploads in the order of their ids, beginning after one; with the instants at which they were begun.
    /// </summary>
    public static List<(string Id, string Name, long Begun)> Active(ISqlSession session, string bucket, string after, int limit) =>
        session.Query(
            "SELECT id, name, created FROM data_uploads WHERE bucket = $1 AND state = 0 AND id > $2 ORDER BY id LIMIT $3",
            static row => (row.GetString(0), row.GetString(1), row.GetInt64(2)),
            bucket,
            after,
            limit
        );

    private static Upload Map(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            JsonSerializer.Deserialize(row.GetString(3), DataJson.Default.UploadRequest)!,
            row.GetInt64(4),
            (UploadState)row.GetInt64(5),
            row.IsDBNull(6) ? null : row.GetInt64(6)
        );
}
