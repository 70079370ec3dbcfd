using System.Runtime.InteropServices;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Makes each bucket a writable folder by overlayfs: the server's view of the bucket is the lower layer, which the kernel never writes to,
/// and what the task writes lands in a folder of its own. Runs in a mount namespace of its own, then becomes the next program.
/// </summary>
internal static class MountHelper
{
    /// <summary>Exit code where mounting failed; <see cref="ErrorFile"/> says why.</summary>
    public const int MountFailed = 121;

    private const int SigPipe = 13;

    public static string ErrorFile(string plan) => plan + ".error";

    /// <summary>Returns only where it failed.</summary>
    public static int Enter(string planFile, IReadOnlyList<string> command)
    {
        var plan =
            TaskJson.Read(planFile, TaskJson.Default.MountPlan) ?? throw new FileNotFoundException("The mount plan is missing.", planFile);
        foreach (var bucket in plan.Buckets)
        {
            if (MountBucket(plan, bucket) is { } error)
            {
                File.WriteAllText(ErrorFile(planFile), error);
                return MountFailed;
            }
        }

        return Become(command);
    }

    private static string? MountBucket(MountPlan plan, BucketMount bucket)
    {
        var lower = bucket.View;
        if (lower is null || !Directory.Exists(lower))
        {
            lower = Path.Combine(plan.Scratch, ".empty");
            Directory.CreateDirectory(lower);
        }

        var upper = Directory.CreateDirectory(Path.Combine(plan.Upper, bucket.Bucket)).FullName;
        var work = Directory.CreateDirectory(Path.Combine(plan.Scratch, bucket.Bucket)).FullName;
        var merged = Directory.CreateDirectory(Path.Combine(plan.Merged, bucket.Bucket)).FullName;

        // A task reads the options of its mounts: by their descriptors, the folders are named without their places.
        using var lowerFolder = InheritedFile.Open(lower);
        using var upperFolder = InheritedFile.Open(upper);
        using var workFolder = InheritedFile.Open(work);
        var options =
            $"lowerdir={Name(lowerFolder)},upperdir={Name(upperFolder)},workdir={Name(workFolder)}{(plan.UserNamespace ? ",userxattr" : "")}";
        return Libc.Mount("overlay", merged, "overlay", 0, options) == 0
            ? null
            : $"overlayfs: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
    }

    private static string Name(InheritedFile folder) => "/proc/self/fd/" + folder.Number;

    private static unsafe int Become(IReadOnlyList<string> command)
    {
        // The runtime ignores SIGPIPE, and an ignored signal stays ignored in the next program.
        _ = Libc.Signal(SigPipe, 0);
        using var path = new NativeStrings([command[0]]);
        using var arguments = new NativeStrings([.. command]);
        using var environment = new NativeStrings([
            .. System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}"),
        ]);
        _ = Libc.Execute(path.Pointer[0], arguments.Pointer, environment.Pointer);
        Console.Error.WriteLine($"Cannot start '{command[0]}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        return 126;
    }
}
