using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>
/// A job's own run is <c>job-{id}</c> of the experiment that the job names, else of "Custom jobs"; its id comes from the job's name, so that there is one however often the job is
/// written. A run that the job names belongs to whoever made it: its status is left alone.
/// </summary>
public sealed class JobRuns(ExperimentStore experiments, RunStore runs) : IJobRuns
{
    /// <summary>The experiment of jobs that name none.</summary>
    public const string Slug = "custom-jobs";

    private const string Title = "Custom jobs";

    public void Changed(ISqlSession session, CustomJob job)
    {
        if (job.State == JobState.Queued)
        {
            if (Find(session, job) is null)
            {
                Create(session, job);
            }

            return;
        }

        if (runs.Find(session, Uuid(job.Name)) is not { Stage: Lifecycle.Active } own)
        {
            return;
        }

        var status = job.State switch
        {
            JobState.Pending => RunStatus.Scheduled,
            JobState.Succeeded => RunStatus.Finished,
            JobState.Failed => RunStatus.Failed,
            JobState.Cancelled => RunStatus.Killed,
            _ => RunStatus.Running,
        };
        var after = own with
        {
            Status = status,
            Started = job.StartTime is { } start ? Milliseconds(start) : own.Started,
            Ended = status is RunStatus.Finished or RunStatus.Failed or RunStatus.Killed ? Milliseconds(job.EndTime ?? job.UpdateTime) : null,
        };
        if (after != own)
        {
            runs.Update(session, own, after);
        }
    }

    public (Experiment Experiment, Run Run)? Find(ISqlSession session, CustomJob job)
    {
        var (project, location, _) = Parts(job.Name);
        if (Last(job.JobSpec.ExperimentRun) is { Length: > 0 } context && runs.FindByContext(session, project, location, context) is { } named)
        {
            return named;
        }

        return runs.Find(session, Uuid(job.Name)) is { } own ? (experiments.Get(session, own.Experiment), own) : null;
    }

    private void Create(ISqlSession session, CustomJob job)
    {
        var (project, location, id) = Parts(job.Name);
        var slug = Last(job.JobSpec.Experiment) is { Length: > 0 } given ? given : Slug;
        var experiment = experiments.FindBySlug(session, project, location, slug)
            ?? experiments.Create(session, new NewExperiment(project, location) { Slug = slug, Name = slug == Slug ? Title : slug });
        if (experiment.Stage != Lifecycle.Active)
        {
            // The experiment was deleted by its owner: the job runs all the same, without a run.
            return;
        }

        runs.Create(session, new NewRun(experiment.Id)
        {
            Uuid = Uuid(job.Name),
            Slug = "job-" + id,
            Name = job.DisplayName,
            Status = RunStatus.Scheduled,
            Tags = new Dictionary<string, string>
            {
                ["mlflow.runName"] = job.DisplayName,
                ["mlflow.source.type"] = "JOB",
                ["mlflow.source.name"] = job.Name,
            },
        });
    }

    private static string Uuid(string job) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("run of " + job)))[..32];

    private static (string Project, string Location, string Id) Parts(string job) => job.Split('/') is [_, var project, _, var location, _, var id]
        ? (project, location, id)
        : throw new ArgumentException($"'{job}' is no job's name.");

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static long Milliseconds(Timestamp? time) => time is null ? 0 : time.ToDateTimeOffset().ToUnixTimeMilliseconds();
}
