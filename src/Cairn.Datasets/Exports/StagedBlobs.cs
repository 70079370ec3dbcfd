using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;

namespace Cairn.Datasets.Exports;

/// <summary>
/// The blobs of exports that are being written and have no object yet: the garbage collector leaves them alone, and what a killed server
/// left of an export is found and deleted when the export begins again.
/// </summary>
internal sealed class StagedBlobs(IDatabase database, IBlobStore blobs) : IBlobOwner
{
    public static MigrationSet Migrations { get; } =
        new(
            "dataset-exports",
            [
                """
                CREATE TABLE dataset_staged_blobs (blob {text} NOT NULL PRIMARY KEY, export {text} NOT NULL);
                CREATE INDEX dataset_staged_blobs_by_export ON dataset_staged_blobs (export)
                """,
            ]
        );

    public bool Refers(ISqlSession session, string blob) =>
        session.QueryFirst("SELECT 1 FROM dataset_staged_blobs WHERE blob = $1", static _ => true, blob);

    public Task AddAsync(string export, string blob, CancellationToken cancellation) =>
        database.WriteAsync(
            session => session.Execute("INSERT INTO dataset_staged_blobs (blob, export) VALUES ($1, $2)", blob, export),
            cancellation
        );

    /// <summary>Whether a blob is staged for the export.</summary>
    public static bool Has(ISqlSession session, string export, string blob) =>
        session.QueryFirst("SELECT 1 FROM dataset_staged_blobs WHERE blob = $1 AND export = $2", static _ => true, blob, export);

    /// <summary>Forgets the blobs of an export in the transaction that gives them objects.</summary>
    public static void Published(ISqlSession session, string export) =>
        session.Execute("DELETE FROM dataset_staged_blobs WHERE export = $1", export);

    /// <summary>Deletes what an export has staged.</summary>
    public async Task DiscardAsync(string export, CancellationToken cancellation)
    {
        // The rows first: whoever else staged these blobs then finds that they are no longer his, and does not make objects of them.
        var staged = await database.WriteAsync(
            session =>
            {
                var own = session.Query("SELECT blob FROM dataset_staged_blobs WHERE export = $1", static row => row.GetString(0), export);
                Published(session, export);
                return own;
            },
            cancellation
        );
        foreach (var blob in staged)
        {
            await blobs.DeleteAsync(blob, CancellationToken.None);
        }
    }
}
