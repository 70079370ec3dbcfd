using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Tracking.Artifacts;

namespace Cairn.Tracking.Cleanup;

/// <summary>
/// The artifacts of what is removed: their folders are noted in the transaction that removes the rows, and emptied after it, so that an
/// interruption leaves neither a row without its files nor files that nothing knows of.
/// </summary>
public sealed class RemovedFolders(IDatabase database, RunArtifacts artifacts, IObjects objects)
{
    private const int Batch = 100;

    /// <summary>Where the artifacts of a run or model are, if this server keeps them in a folder of their own.</summary>
    /// <param name="project">The project that the run is in.</param>
    /// <param name="uri">The artifact address.</param>
    /// <param name="id">The id of the run or model, which the folder must have in its path: no other's files are touched.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<GsUri?> FindAsync(string project, string uri, string id, CancellationToken cancellation) =>
        await artifacts.FolderAsync(project, uri, cancellation) is { } folder && folder.Object.Split('/').Contains(id)
            ? folder with
            {
                Object = folder.Object.TrimEnd('/') + "/",
            }
            : null;

    public static void Add(ISqlSession session, string project, GsUri folder) =>
        session.Execute("INSERT INTO removed_folders (project, bucket, prefix) VALUES ($1, $2, $3)", project, folder.Bucket, folder.Object);

    /// <summary>How many objects are in a folder, and their bytes.</summary>
    public async Task<(long Files, long Bytes)> MeasureAsync(GsUri folder, CancellationToken cancellation)
    {
        var (files, bytes) = (0L, 0L);
        if (await objects.ProjectOfAsync(folder.Bucket, cancellation) is null)
        {
            return (0, 0);
        }

        await foreach (var item in objects.ListAsync(folder, cancellation))
        {
            (files, bytes) = (files + 1, bytes + item.Size);
        }

        return (files, bytes);
    }

    /// <summary>Empties the folders that are noted of a project.</summary>
    public async Task<(long Files, long Bytes)> EmptyAsync(string project, CancellationToken cancellation)
    {
        var (files, bytes) = (0L, 0L);
        while (true)
        {
            var noted = await database.ReadAsync(
                session =>
                    session.Query(
                        "SELECT id, bucket, prefix FROM removed_folders WHERE project = $1 ORDER BY id LIMIT $2",
                        static row => (Id: row.GetInt64(0), Folder: new GsUri(row.GetString(1), row.GetString(2))),
                        project,
                        (long)Batch
                    ),
                cancellation
            );
            foreach (var (id, folder) in noted)
            {
                if (await objects.ProjectOfAsync(folder.Bucket, cancellation) == project)
                {
                    await foreach (var item in objects.ListAsync(folder, cancellation))
                    {
                        if (await objects.DeleteAsync(new GsUri(item.Bucket, item.Name), cancellation))
                        {
                            (files, bytes) = (files + 1, bytes + item.Size);
                        }
                    }
                }

                await database.WriteAsync(session => session.Execute("DELETE FROM removed_folders WHERE id = $1", id), cancellation);
            }

            if (noted.Count < Batch)
            {
                return (files, bytes);
            }
        }
    }
}
