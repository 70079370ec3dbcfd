using Cairn.Data;
using Cairn.Jobs.Tasks;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>How a task gets its <c>/gcs</c>.</summary>
/// <param name="Prefix">A program and its arguments that mount, and then run what follows; empty where nothing is to be mounted.</param>
/// <param name="Binds">bubblewrap's arguments.</param>
internal sealed record BucketMounts(IReadOnlyList<string> Prefix, IReadOnlyList<string> Binds)
{
    /// <summary>A bucket's folder with more entries than this is not shown where overlayfs cannot be used: each needs a mount.</summary>
    private const int MaxBinds = 2000;

    /// <summary>Overlays where the machine permits them, else what can be had with bind mounts; the job's log says which.</summary>
    public static async Task<BucketMounts> PrepareAsync(TaskContext context, CancellationToken cancellation)
    {
        if (context.Record.Buckets.Count == 0)
        {
            return new BucketMounts([], ["--dir", "/gcs"]);
        }

        if (await TryOverlayAsync(context, cancellation) is { } prefix)
        {
            return new BucketMounts(prefix, ["--bind", context.Merged, "/gcs"]);
        }

        return new BucketMounts([], ReadOnly(context));
    }

    /// <summary>The program that mounts the buckets below <see cref="TaskContext.Merged"/> in a namespace of its own, or null where the machine does not permit it.</summary>
    public static async Task<IReadOnlyList<string>?> TryOverlayAsync(TaskContext context, CancellationToken cancellation)
    {
        if (HostTools.Find("unshare") is not { } unshare)
        {
            return null;
        }

        foreach (var folder in (string[])[context.Upper, context.Scratch, context.Merged])
        {
            Directory.CreateDirectory(folder);
        }

        var root = Environment.IsPrivilegedProcess;
        var plan = new MountPlan(context.Record.Buckets, context.Upper, context.Scratch, context.Merged, UserNamespace: !root);
        TaskJson.Write(context.MountPlanFile, plan, TaskJson.Default.MountPlan);
        string[] user = root ? [] : ["--user", "--map-root-user"];
        string[] prefix = [unshare, .. user, "--mount", "--propagation", "private", "--", context.Record.Cairn, "agent", "--enter"];

        // Tried with one bucket and folders of its own: the kernel gives an overlay's folders free only some time after its mount is gone.
        var trial = context.Directory.In("gcs/trial");
        var trialFile = context.Directory.In("gcs/trial.json");
        var trialPlan = new MountPlan([plan.Buckets[0]], Path.Combine(trial, "upper"), Path.Combine(trial, "scratch"), Path.Combine(trial, "merged"), plan.UserNamespace);
        Directory.CreateDirectory(trialPlan.Scratch);
        TaskJson.Write(trialFile, trialPlan, TaskJson.Default.MountPlan);
        var result = await HostTools.RunAsync(prefix[0], [.. prefix[1..], trialFile, "/bin/true"], HostTools.Environment, cancellation);
        if (result.ExitCode == 0)
        {
            return [.. prefix, context.MountPlanFile];
        }

        var error = MountHelper.ErrorFile(trialFile);
        var complaint = File.Exists(error) ? await File.ReadAllTextAsync(error, cancellation) : result.Complaint;
        var writable = context.Record.OutputUri.Length > 0 ? $"only {context.Record.OutputUri} can be written" : "they cannot be written";
        context.Log.Say($"Buckets cannot be mounted as writable folders here ({complaint.TrimEnd('.')}); below /gcs they can be read, and {writable}.", LogSeverity.Warning);
        return null;
    }

    /// <summary>Read-only binds of the buckets, and a private folder in place of the output's.</summary>
    private static List<string> ReadOnly(TaskContext context)
    {
        var binds = new List<string>();
        var output = context.Record.OutputUri.Length > 0 ? GsUri.Parse(context.Record.OutputUri, "output") : default;
        foreach (var bucket in context.Record.Buckets)
        {
            var inside = "/gcs/" + bucket.Bucket;
            if (bucket.Bucket == output.Bucket && output.Object.Trim('/').Length > 0)
            {
                var own = Directory.CreateDirectory(Path.Combine(context.Upper, output.Bucket, output.Object.Trim('/'))).FullName;
                AddAround(binds, bucket.View, inside, output.Object.Trim('/').Split('/'));
                binds.AddRange(["--bind", own, $"{inside}/{output.Object.Trim('/')}"]);
            }
            else
            {
                binds.AddRange(bucket.View is { } view ? ["--ro-bind", view, inside] : ["--dir", inside]);
            }
        }

        return binds;
    }

    /// <summary>Binds all entries of a folder but the one on the way to the output, which becomes a folder of the sandbox's own.</summary>
    private static void AddAround(List<string> binds, string? folder, string inside, ReadOnlySpan<string> way)
    {
        binds.AddRange(["--dir", inside]);
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
                    binds.AddRange(["--ro-bind", entry, $"{inside}/{Path.GetFileName(entry)}"]);
                }
            }
        }

        AddAround(binds, folder is null ? null : Path.Combine(folder, way[0]), $"{inside}/{way[0]}", way[1..]);
    }
}
