using Cairn.Kernel.Database;

namespace Cairn.Tensorboards.Points;

/// <summary>
/// Blobs whose rows are gone, noted in the transaction that removed the rows, so that a crash between the two forgets none.
/// </summary>
internal static class GarbageTable
{
    public static void Add(ISqlSession session, string prefix, string start)
    {
        var (bucket, folder) = BlobShelf.Split(prefix);
        session.Execute("INSERT INTO tensorboard_garbage (bucket, prefix) VALUES ($1, $2)", bucket, folder + start);
    }

    public static List<(long Id, string Bucket, string Prefix)> Next(ISqlSession session) =>
        session.Query(
            "SELECT id, bucket, prefix FROM tensorboard_garbage ORDER BY id LIMIT 100",
            static row => (row.GetInt64(0), row.GetString(1), row.GetString(2))
        );

    public static void Remove(ISqlSession session, long id) => session.Execute("DELETE FROM tensorboard_garbage WHERE id = $1", id);
}
