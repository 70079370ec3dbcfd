using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Runs the program as a process of this machine: inside bubblewrap where that is there and permitted, else plainly, which the job's log
/// then says.
/// </summary>
internal sealed class ProcessLauncher : ILauncher
{
    public string Name => "process";

    public async Task<Launch> PrepareAsync(TaskContext context, CancellationToken cancellation)
    {
        Directory.CreateDirectory(context.Work);
        Directory.CreateDirectory(context.Temporary);
        if (context.Record.Sandbox == SandboxMode.Off)
        {
            return Plain(context, "this server is configured not to use one");
        }

        var obstacle = await ObstacleAsync(context, cancellation);
        if (obstacle is not null && context.Record.Sandbox == SandboxMode.Required)
        {
            throw new TaskFailure(Code.FailedPrecondition, $"This server runs tasks in a sandbox only, and cannot: {obstacle}.");
        }

        return obstacle is null ? await SandboxedAsync(context, SandboxProbe.Bubblewrap!, cancellation) : Plain(context, obstacle);
    }

    /// <summary>Why there can be no sandbox here, or null where there can.</summary>
    private static async Task<string?> ObstacleAsync(TaskContext context, CancellationToken cancellation)
    {
        var trial = new MachineTrial(context.Directory.Jobs, "sandbox");
        if (SandboxProbe.Bubblewrap is not null && trial.Holds())
        {
            return null;
        }

        var obstacle = await SandboxProbe.ObstacleAsync(cancellation);
        if (obstacle is null)
        {
            trial.Passed();
        }

        return obstacle;
    }

    private static async Task<Launch> SandboxedAsync(TaskContext context, string bubblewrap, CancellationToken cancellation)
    {
        var buckets = await BucketMounts.PrepareAsync(context, cancellation);
        var sandbox = new Sandbox(context);
        var argumentsFile = context.Directory.In("sandbox.args");

        // The sandbox's arguments hold the task's environment, so they are passed in a file that only the owner reads.
        // The filter of system calls stays open in this agent, which starts nothing else from then on that would mind.
        var filter = SeccompFilter.Open();
        DurableFile.Write(argumentsFile, sandbox.Arguments(buckets.Binds, filter), durable: false);
        string[] command = [.. buckets.Prefix, bubblewrap, "--args", "3", "--", .. sandbox.Program];
        return new Launch(command[0], command[1..], HostTools.Environment, context.Work)
        {
            InputFile = argumentsFile,
            Terminate = pid =>
            {
                // The first two levels are bubblewrap's own; they would end at once and take the program with them before it could clean
                // up. What the program has started itself is the program's to end.
                foreach (var (child, _) in ProcessTree.Descendants(pid).Where(process => process.Depth == 2))
                {
                    _ = Libc.Kill(child, Libc.SigTerm);
                }

                return Task.CompletedTask;
            },
            Kill = AgentTree.KillAsync,
            Interpret = status =>
            {
                BucketMounts.RequireMounted(context, status.ExitCode);
                return Task.FromResult(new TaskEnd(status.Unwrap()));
            },
        };
    }

    private static Launch Plain(TaskContext context, string obstacle)
    {
        context.Log.Say(
            $"This task runs without a sandbox: {obstacle}. It sees this machine's files, and has no /gcs folders.",
            LogSeverity.Warning
        );
        var program = context.Command(context.Record.Interpreter ?? "python3");
        var environment = context.Environment(context.PythonPath, context.ProgramPath(""), context.Work, context.Directory.TokenFile);
        GsutilConfiguration.Write(context, context.Directory.Path, context.Temporary);
        environment["TMPDIR"] = context.Temporary;
        environment[TaskContext.MetricFileVariable] = Path.Combine(context.Metrics, AttemptDirectory.MetricFileName);
        var setpriv =
            HostTools.Find("setpriv")
            ?? throw new TaskFailure(Code.FailedPrecondition, "Tasks need the program 'setpriv' (of util-linux) on this machine.");

        if (ProgramLimits.Obstacle is { } missing)
        {
            throw new TaskFailure(Code.FailedPrecondition, $"Tasks need a program that this machine does not have: {missing}.");
        }

        // The kernel kills the program when the agent is gone, so that it never runs beside its own restart.
        return new Launch(
            setpriv,
            ["--pdeathsig", "KILL", "--", .. context.Record.Limits.OfProgram().Apply(program, ownProcesses: false)],
            environment,
            context.Work
        )
        {
            Terminate = pid =>
            {
                _ = Libc.Kill(pid, Libc.SigTerm);
                return Task.CompletedTask;
            },
            Kill = AgentTree.KillAsync,

            // A shell that is the program says so of what it ran, as bubblewrap and podman do.
            Interpret = status => Task.FromResult(new TaskEnd(status.Unwrap())),
        };
    }
}
