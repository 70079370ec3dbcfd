using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Tensorboards.Uploads;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Jobs;

/// <summary>
/// Which jobs' logs are followed, and how far each file was read: in the database, so that whoever follows next goes on there.
/// </summary>
internal sealed class FollowedJobs(IDatabase database) : IJobLogs
{
    /// <summary>Where <c>AIP_TENSORBOARD_LOG_DIR</c> lies below a job's output folder.</summary>
    private const string Folder = "logs/";

    public void Changed(ISqlSession session, CustomJob job)
    {
        if (job.JobSpec.BaseOutputDirectory is not { OutputUriPrefix: { Length: > 0 } output })
        {
            return;
        }

        if (job.State == JobState.Queued)
        {
            session.Execute(
                "INSERT INTO tensorboard_jobs (job, display_name, folder, tensorboard, experiment, run, ended) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (job) DO NOTHING",
                job.Name,
                job.DisplayName,
                GsUri.Parse(output, "base_output_directory").Join(Folder).ToString(),
                job.JobSpec.Tensorboard,
                job.JobSpec.Experiment,
                job.JobSpec.ExperimentRun
            );
        }
        else if (job.State is JobState.Succeeded or JobState.Failed or JobState.Cancelled)
        {
            session.Execute("UPDATE tensorboard_jobs SET ended = 1 WHERE job = $1", job.Name);
        }
    }

    public Task<List<FollowedJob>> AllAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
                session.Query(
                    "SELECT job, display_name, folder, tensorboard, experiment, run, ended FROM tensorboard_jobs ORDER BY job",
                    static row => new FollowedJob(
                        row.GetString(0),
                        row.GetString(1),
                        row.GetString(2),
                        row.GetString(3),
                        row.GetString(4),
                        row.GetString(5),
                        row.GetInt64(6) != 0
                    )
                ),
            cancellation
        );

    /// <summary>Forgets a job: all that it wrote is read.</summary>
    public Task ForgetAsync(string job, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM tensorboard_followed WHERE job = $1", job);
                return session.Execute("DELETE FROM tensorboard_jobs WHERE job = $1", job);
            },
            cancellation
        );

    public IUploadPositions Positions(string job) => new JobPositions(database, job);

    private sealed class JobPositions(IDatabase database, string job) : IUploadPositions
    {
        public Task<UploadPosition> GetAsync(string file, CancellationToken cancellation) =>
            database.ReadAsync(
                session =>
                    session.Query(
                        "SELECT position, head FROM tensorboard_followed WHERE job = $1 AND file = $2",
                        static row => new UploadPosition(row.GetInt64(0), row.GetString(1)),
                        job,
                        file
                    )
                        is [var known]
                        ? known
                        : new UploadPosition(0, ""),
                cancellation
            );

        public Task SetAsync(string file, UploadPosition position, CancellationToken cancellation) =>
            database.WriteAsync(
                session =>
                    session.Execute(
                        "INSERT INTO tensorboard_followed (job, file, position, head) VALUES ($1, $2, $3, $4) ON CONFLICT (job, file) DO UPDATE SET position = excluded.position, head = excluded.head",
                        job,
                        file,
                        position.Offset,
                        position.Head
                    ),
                cancellation
            );
    }
}
