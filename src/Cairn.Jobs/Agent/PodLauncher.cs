using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Runs the program beside the agent in a pod, whose image is the user's: the pod is the sandbox. A bucket is a folder of copies of what
/// the job names, and what is written to it becomes objects.
/// </summary>
/// <param name="gcs">The folder that the buckets appear in.</param>
internal sealed class PodLauncher(string gcs = "/gcs") : ILauncher
{
    public string Name => "pod";

    public Task<Launch> PrepareAsync(TaskContext context, CancellationToken cancellation)
    {
        if (context.Record.Package is null && context.Record.Command.Count == 0)
        {
            throw new TaskFailure(
                Code.InvalidArgument,
                "The entry point of an image cannot be known from inside it: on Kubernetes, give `container_spec.command`."
            );
        }

        Directory.CreateDirectory(context.Work);
        Directory.CreateDirectory(context.Temporary);
        foreach (var bucket in context.Record.Buckets)
        {
            Show(bucket, Directory.CreateDirectory(Path.Combine(context.Upper, bucket.Bucket)).FullName);
        }

        // The image need not have a program that sets limits; the agent needs no more itself.
        context.Record.Limits.OfProgram().ApplyToThisProcess();
        var program = context.Command(context.Record.Interpreter ?? "python3");
        var environment = context.Environment(context.PythonPath, "", context.Work, context.Directory.TokenFile);
        environment["TMPDIR"] = context.Temporary;
        return Task.FromResult(
            new Launch(Find(program[0], environment["PATH"]), [.. program.Skip(1)], environment, context.Work)
            {
                Terminate = pid =>
                {
                    _ = Libc.Kill(pid, Libc.SigTerm);
                    return Task.CompletedTask;
                },
                Kill = AgentTree.KillAsync,
                Interpret = static status => Task.FromResult(new TaskEnd(status.Unwrap())),
            }
        );
    }

    /// <summary>Looked for as a shell would: the image need not have one.</summary>
    private static string Find(string program, string path) =>
        program.Contains('/', StringComparison.Ordinal)
            ? program
            : path.Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists)
                ?? throw new TaskFailure(
                    Code.InvalidArgument,
                    $"The program '{program}' is not in the image: there is none of that name in {path}."
                );

    /// <summary>
    /// Copies what was staged, so that what the program changes is told from it, and lets <c>/gcs/BUCKET</c> be that folder.
    /// </summary>
    private void Show(BucketMount bucket, string folder)
    {
        if (bucket.View is { } view)
        {
            foreach (var file in Directory.EnumerateFiles(view, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(view, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
                File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        try
        {
            File.CreateSymbolicLink(Path.Combine(gcs, bucket.Bucket), folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TaskFailure(Code.FailedPrecondition, $"{gcs}/{bucket.Bucket} cannot be made in the pod: {e.Message}");
        }
    }
}
