using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.HpTuningJobs;

/// <summary><c>stream-logs</c>: the lines of all trials as they come, each with its trial's number.</summary>
internal sealed class StreamTuningLogs : ApiCommand
{
    private const string TrialLabel = "ml.googleapis.com/trial_id";

    private readonly Argument<string> _name = ResourceArgument.For(HpTuningJobsNoun.Thing);

    public StreamTuningLogs()
        : base("stream-logs", "Follow the log of a tuning job's trials until it ends; the exit code is 0 where the job succeeded.") =>
        Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(HpTuningJobsNoun.Collection, parse.GetValue(_name)!);
        return await FollowAsync(
            session,
            await session.Client.GetAsync<HyperparameterTuningJob>($"/v1/{full}", cancellation),
            cancellation
        );
    }

    public static async Task<int> FollowAsync(ApiSession session, HyperparameterTuningJob job, CancellationToken cancellation)
    {
        var names = job.Name.Split('/');
        var lines = session.Client.FollowAsync(
            names[1],
            names[^1],
            async token =>
            {
                job = await session.Client.GetAsync<HyperparameterTuningJob>($"/v1/{job.Name}", token);
                return JobLog.IsOver(job.State);
            },
            cancellation
        );
        var replicas = job.TrialJobSpec.WorkerPoolSpecs.Sum(static pool => Math.Max(1, pool.ReplicaCount)) > 1;
        await foreach (var entry in lines)
        {
            session.Out.WriteLine(
                $"{(entry.Labels.TryGetValue(TrialLabel, out var trial) ? trial : ""), 4}  {JobLog.Line(entry, replicas)}"
            );
        }

        session.Status.WriteLine(job.Error is { Message.Length: > 0 } error ? $"{job.State}: {error.Message}" : $"{job.State}");
        return job.State == JobState.Succeeded ? ExitCode.Ok : ExitCode.Failed;
    }
}
