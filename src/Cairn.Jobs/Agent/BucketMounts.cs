using System.Text;
using Cairn.Jobs.Tasks;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>How a task gets its <c>/gcs</c>.</summary>
/// <param name="Prefix">A program and its arguments that mount, and then run what follows; empty where nothing is to be mounted.</param>
/// <param name="Binds">bubblewrap's arguments.</param>
internal sealed record BucketMounts(IReadOnlyList<string> Prefix, IReadOnlyList<string> Binds)
{
    private const string Overlay = "overlay";

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

        foreach (var own in BucketBinds.Of(context).Where(static bind => bind.Writable))
        {
            Sandbox.UserOf(context.Record).Give(own.Source!);
        }

        return new BucketMounts(
            [],
            [
                .. BucketBinds
                    .Of(context)
                    .SelectMany(static bind =>
                        bind.Source is { } source
                            ? (string[])[bind.Writable ? "--bind" : "--ro-bind", source, bind.Target]
                            : ["--dir", bind.Target]
                    ),
            ]
        );
    }

    /// <summary>
    /// The program that mounts the buckets below <see cref="TaskContext.Merged"/> in a namespace of its own, or null where the machine does
    /// not permit it.
    /// </summary>
    public static async Task<IReadOnlyList<string>?> TryOverlayAsync(TaskContext context, CancellationToken cancellation)
    {
        if (!context.Record.Overlay)
        {
            return Without(context, "this server is configured not to");
        }

        if (HostTools.Find("unshare") is not { } unshare)
        {
            return Without(context, "the program 'unshare' is not installed");
        }

        foreach (var folder in (string[])[context.Upper, context.Scratch, context.Merged])
        {
            Directory.CreateDirectory(folder);
        }

        var root = Environment.IsPrivilegedProcess;
        var plan = new MountPlan(context.Record.Buckets, context.Upper, context.Scratch, context.Merged, UserNamespace: !root);
        TaskJson.Write(context.MountPlanFile, plan, TaskJson.Default.MountPlan, durable: false);
        string[] user = root ? [] : ["--user", "--map-root-user"];
        string[] prefix =
        [
            unshare,
            .. user,
            "--mount",
            "--propagation",
            "private",
            "--",
            .. AgentProgram.Again(context.Record.Cairn),
            "--enter",
        ];

        var permitted = new MachineTrial(context.Directory.Jobs, Overlay);
        if (permitted.Holds())
        {
            return [.. prefix, context.MountPlanFile];
        }

        // Tried with one bucket and folders of its own: the kernel gives an overlay's folders free only some time after its mount is gone.
        var trial = context.Directory.In("gcs/trial");
        var trialFile = context.Directory.In("gcs/trial.json");
        var trialPlan = new MountPlan(
            [plan.Buckets[0]],
            Path.Combine(trial, "upper"),
            Path.Combine(trial, "scratch"),
            Path.Combine(trial, "merged"),
            plan.UserNamespace
        );
        Directory.CreateDirectory(trialPlan.Scratch);
        TaskJson.Write(trialFile, trialPlan, TaskJson.Default.MountPlan, durable: false);
        var result = await HostTools.RunAsync(prefix[0], [.. prefix[1..], trialFile, "/bin/true"], HostTools.Environment, cancellation);
        if (result.ExitCode == 0)
        {
            // An empty folder in the place of a bucket's own says little of the others.
            if (Directory.Exists(plan.Buckets[0].View))
            {
                permitted.Passed();
            }

            return [.. prefix, context.MountPlanFile];
        }

        var error = MountHelper.ErrorFile(trialFile);
        var complaint = File.Exists(error) ? await File.ReadAllTextAsync(error, cancellation) : result.Complaint;
        return Without(context, complaint);
    }

    /// <summary>What a program's exit code means where it may be the helper's that mounts: a machine that no longer permits it.</summary>
    public static void RequireMounted(TaskContext context, int? exitCode)
    {
        var error = MountHelper.ErrorFile(context.MountPlanFile);
        if (exitCode == MountHelper.MountFailed && UntrustedFolder.ReadFile(error, 4_096) is { } why)
        {
            new MachineTrial(context.Directory.Jobs, Overlay).Forget();
            throw new TaskFailure(
                Code.FailedPrecondition,
                $"The buckets could not be mounted below /gcs ({Encoding.UTF8.GetString(why).TrimEnd('.')}), which went well minutes ago. The next tasks find out anew; start this one again."
            );
        }
    }

    private static IReadOnlyList<string>? Without(TaskContext context, string obstacle)
    {
        var writable = context.Record.OutputUri.Length > 0 ? $"only {context.Record.OutputUri} can be written" : "they cannot be written";
        context.Log.Say(
            $"Buckets are not mounted as writable folders here ({obstacle.TrimEnd('.')}); below /gcs they can be read, and {writable}.",
            LogSeverity.Warning
        );
        return null;
    }
}
