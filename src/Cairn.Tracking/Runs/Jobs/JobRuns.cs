using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Database;
using Cairn.Tracking.Metrics;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>
/// A job's own run is <c>job-{id}</c> of the experiment that the job names, else of "Custom jobs"; its id comes from the job's name, so
/// that there is one however often the job is written. A run that the job names belongs to whoever made it: its status is left alone.
/// </summary>
public sealed class JobRuns(ExperimentStore experiments, RunStore runs, RunDataReader data, MetricKeys keys, MetricLog log) : IJobRuns
{
    /// <summary>The experiment of jobs that name none.</summary>
    public const string Slug = "custom-jobs";

    private const string Title = "Custom jobs";

    public void Created(ISqlSession session, CustomJob job, string submitter)
    {
        var tags = JobTags.Of(job, submitter);
        if ((Find(session, job)?.Run ?? Create(session, job, tags)) is not { Stage: Lifecycle.Active } run)
        {
            return;
        }

        // A run that the job names has tags of its own; what they say stands.
        foreach (var (key, value) in tags)
        {
            RunFields.SuggestTag(session, run, key, value);
        }

        var pool = job.JobSpec.WorkerPoolSpecs[0];
        foreach (
            var param in JobArguments.Read(
                pool.ContainerSpec is { } container ? [.. Program(container.Command), .. container.Args] : pool.PythonPackageSpec.Args
            )
        )
        {
            RunFields.SuggestParam(session, run, param);
        }
    }

    public void Changed(ISqlSession session, CustomJob job)
    {
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
            Ended = status is RunStatus.Finished or RunStatus.Failed or RunStatus.Killed
                ? Milliseconds(job.EndTime ?? job.UpdateTime)
                : null,
        };
        if (after != own)
        {
            runs.Update(session, own, after);
        }
    }

    public EarlyStop? EarlyStop(ISqlSession session, CustomJob job)
    {
        if (Find(session, job)?.Run is not { Stage: Lifecycle.Active } run || Jobs.EarlyStop.Of(data.Read(session, run)) is not { } stop)
        {
            return null;
        }

        stop.Write(session, run);
        return stop;
    }

    public (Experiment Experiment, Run Run)? Find(ISqlSession session, CustomJob job)
    {
        var (project, location, _) = Parts(job.Name);
        if (
            Last(job.JobSpec.ExperimentRun) is { Length: > 0 } context
            && runs.FindByContext(session, project, location, context) is { } named
        )
        {
            return named;
        }

        return runs.Find(session, Uuid(job.Name)) is { } own ? (experiments.Get(session, own.Experiment), own) : null;
    }

    public async Task LogAsync(string run, IReadOnlyList<JobPoint> points, CancellationToken cancellation)
    {
        var numbers = await keys.InternAsync(points.Select(static point => point.Name), cancellation);
        var logged = points
            .Select(point => new LoggedPoint(numbers[point.Name], new MetricPoint(point.Step, point.Time, point.Value)))
            .ToArray();
        await log.AppendAsync(run, logged, cancellation);
    }

    /// <summary>
    /// A command without the interpreter's own options: those before the first that is spelled out, such as <c>-m MODULE</c> or <c>-c
    /// PROGRAM</c>.
    /// </summary>
    private static IEnumerable<string> Program(IEnumerable<string> command) =>
        command.SkipWhile(static word => !word.StartsWith("--", StringComparison.Ordinal));

    private Run? Create(ISqlSession session, CustomJob job, IReadOnlyDictionary<string, string> tags)
    {
        var (project, location, id) = Parts(job.Name);
        var slug = Last(job.JobSpec.Experiment) is { Length: > 0 } given ? given : Slug;
        var experiment =
            experiments.FindBySlug(session, project, location, slug)
            ?? experiments.Create(session, new NewExperiment(project, location) { Slug = slug, Name = slug == Slug ? Title : slug });
        if (experiment.Stage != Lifecycle.Active)
        {
            // The experiment was deleted by its owner: the job runs all the same, without a run.
            return null;
        }

        return runs.Create(
            session,
            new NewRun(experiment.Id)
            {
                Uuid = Uuid(job.Name),
                Slug = "job-" + id,
                Name = job.DisplayName,
                Status = RunStatus.Scheduled,
                User = tags.GetValueOrDefault(JobTags.User, ""),
                Tags = tags,
            }
        );
    }

    /// <summary>The number of the job whose own run this is, or null.</summary>
    public static string? JobOf(Experiment experiment, Run run)
    {
        // The slug may have got an ending since; the id tells for sure.
        const string prefix = "job-";
        var id = run.Slug.StartsWith(prefix, StringComparison.Ordinal) ? run.Slug[prefix.Length..].Split('-')[0] : "";
        return id.Length > 0 && Uuid($"projects/{experiment.Project}/locations/{experiment.Location}/customJobs/{id}") == run.Uuid
            ? id
            : null;
    }

    private static string Uuid(string job) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("run of " + job)))[..32];

    private static (string Project, string Location, string Id) Parts(string job) =>
        job.Split('/') is [_, var project, _, var location, _, var id]
            ? (project, location, id)
            : throw new ArgumentException($"'{job}' is no job's name.");

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static long Milliseconds(Timestamp? time) => time is null ? 0 : time.ToDateTimeOffset().ToUnixTimeMilliseconds();
}
