using Cairn.Data;

namespace Cairn.Jobs.Agent;

/// <summary>One bind mount below a task's <c>/gcs</c>.</summary>
/// <param name="Source">What is shown, or null for an empty folder.</param>
/// <param name="Target">Where the task sees it.</param>
internal sealed record BucketBind(string? Source, string Target, bool Writable = false);

/// <summary>
/// What can be shown of buckets without overlayfs: each is read-only, but for a private folder in place of the task's output.
/// </summary>
internal static class BucketBinds
{
    /// <summary>A bucket's folder with more entries than this is not shown whole beside the output: each needs a mount.</summary>
    private const int MaxBinds = 2000;

    public static List<BucketBind> Of(TaskContext context)
    {
        var binds = new List<BucketBind>();
        var output = context.Record.OutputUri.Length > 0 ? GsUri.Parse(context.Record.OutputUri, "output") : default;
        var way = output.Object?.Trim('/') ?? "";
        foreach (var bucket in context.Record.Buckets)
        {
            var inside = "/gcs/" + bucket.Bucket;
            if (bucket.Bucket == output.Bucket && way.Length > 0)
            {
                var own = Directory.CreateDirectory(Path.Combine(context.Upper, output.Bucket, way)).FullName;
                AddAround(binds, bucket.View, inside, way.Split('/'));
                binds.Add(new BucketBind(own, $"{inside}/{way}", Writable: true));
            }
            else
            {
                binds.Add(new BucketBind(bucket.View, inside));
            }
        }

        return binds;
    }

    /// <summary>Binds all entries of a folder but the one on the way to the output, which becomes a folder of the sandbox's own.</summary>
    private static void AddAround(List<BucketBind> binds, string? folder, string inside, ReadOnlySpan<string> way)
    {
        binds.Add(new BucketBind(null, inside));
        if (way.IsEmpty)
        {
            return;
        }

        if (folder is not null && Directory.Exists(folder))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Take(MaxBinds))
            {
                if (Path.GetFileName(entry) != way[0])
                {
                    binds.Add(new BucketBind(entry, $"{inside}/{Path.GetFileName(entry)}"));
                }
            }
        }

        AddAround(binds, folder is null ? null : Path.Combine(folder, way[0]), $"{inside}/{way[0]}", way[1..]);
    }
}
