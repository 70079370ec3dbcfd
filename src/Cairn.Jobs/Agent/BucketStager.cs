using System.Globalization;
using Cairn.Data;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Files;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Where a bucket has no folder that could be mounted (its objects are on S3), copies what the task names into one before the task starts.
/// What it reads without naming it in its command, arguments or environment, it reads through the API.
/// </summary>
internal sealed class BucketStager(TaskContext context, ObjectClient objects)
{
    private const int Parallel = 4;

    /// <summary>The record with a folder for each bucket that something was staged from.</summary>
    public async Task<TaskRecord> StageAsync(CancellationToken cancellation)
    {
        var record = context.Record;
        var bare = record
            .Buckets.Where(static mount => mount.View is null)
            .Select(static mount => mount.Bucket)
            .ToHashSet(StringComparer.Ordinal);
        var mentioned = MentionedObjects
            .In([.. record.Command, .. record.Arguments, .. record.Environment.Values])
            .Where(uri => bare.Contains(uri.Bucket))
            .ToList();
        var staged = new HashSet<GsUri>();
        foreach (var uri in mentioned)
        {
            var names = await objects.ListAsync(uri, cancellation);
            staged.UnionWith(names.Where(name => IsAt(name, uri.Object)).Select(name => new GsUri(uri.Bucket, name)));
        }

        // Of `a` and `a/b` a file system holds one: the folder, as everywhere below /gcs.
        var folders = staged.SelectMany(static uri => Folders(uri)).ToHashSet();
        staged.RemoveWhere(folders.Contains);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation };
        await System.Threading.Tasks.Parallel.ForEachAsync(staged, options, async (uri, stop) => await FetchAsync(uri, stop));
        if (staged.Count > 0)
        {
            context.Log.Say(string.Create(CultureInfo.InvariantCulture, $"Copied {staged.Count} objects that the job names to /gcs."));
        }

        return record with
        {
            Buckets =
            [
                .. record.Buckets.Select(mount =>
                    Directory.Exists(Folder(mount.Bucket)) ? mount with { View = Folder(mount.Bucket) } : mount
                ),
            ],
        };
    }

    private async Task FetchAsync(GsUri uri, CancellationToken cancellation)
    {
        if (!PathGate.IsRepresentable(uri.Object))
        {
            // As everywhere below /gcs: a name that is no file's is left out.
            context.Log.Say($"{uri} cannot be a file and is not below /gcs.", LogSeverity.Warning);
            return;
        }

        var path = PathGate.Join(Directory.CreateDirectory(Folder(uri.Bucket)).FullName, uri.Object);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await objects.DownloadAsync(uri, path, cancellation);
    }

    private string Folder(string bucket) => context.Directory.In("gcs/staged/" + bucket);

    private static IEnumerable<GsUri> Folders(GsUri uri)
    {
        for (var slash = uri.Object.IndexOf('/'); slash >= 0; slash = uri.Object.IndexOf('/', slash + 1))
        {
            yield return uri with
            {
                Object = uri.Object[..slash],
            };
        }
    }

    /// <summary>The object itself, or one below the folder of that name; not one whose name only starts alike.</summary>
    private static bool IsAt(string name, string asked) =>
        name == asked || name.StartsWith(asked.TrimEnd('/') + "/", StringComparison.Ordinal);
}
