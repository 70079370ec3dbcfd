using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Tenancy;
using Cairn.Tensorboards.Service;
using Cairn.Tensorboards.Uploads;
using Cairn.Tracking.Runs;
using Google.Rpc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tensorboards.Jobs;

/// <summary>
/// Reads what running jobs write to <c>AIP_TENSORBOARD_LOG_DIR</c>: files become objects while they are written, and what a longer object
/// has more than the one before goes to the job's run. Folders below the log folder are part of a tag's name: <c>train/loss</c>. One server
/// follows; the others wait for its lease.
/// </summary>
internal sealed partial class LogFollower(
    FollowedJobs jobs,
    IObjects objects,
    IDatabase database,
    Boards boards,
    TrackedRuns tracked,
    RunStore runs,
    SeriesViews series,
    SeriesWrites writes,
    ITenantGate gate,
    ILeases leases,
    ServerEnvironment server,
    TimeProvider time,
    ILogger<LogFollower> logger
) : BackgroundService
{
    private const string Lease = "tensorboard-logs";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    // Two that follow at once do no harm; one that was killed holds nobody up for long.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, FolderUpload> _uploads = new(StringComparer.Ordinal);

    /// <summary>What was logged once of a job, so that no pass repeats it.</summary>
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Reads what has come of every followed job.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        foreach (var job in await jobs.AllAsync(cancellation))
        {
            if (!await leases.TryAcquireAsync(Lease, server.ServerId, Hold, cancellation))
            {
                // Whoever has it goes on from the positions in the database, and so must this server later.
                _uploads.Clear();
                return;
            }

            try
            {
                await FollowAsync(job, cancellation);
            }
            catch (StatusException error) when (error.Code == Code.NotFound && job.Ended)
            {
                // The run or its tensorboard was deleted.
                await ForgetAsync(job, cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _uploads.Remove(job.Job);
                Log.Failed(logger, job.Job, error);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await PassAsync(stoppingToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Stopped(logger, error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task FollowAsync(FollowedJob job, CancellationToken cancellation)
    {
        var folder = GsUri.Parse(job.Folder, "folder");
        if (!await gate.OwnsAsync(job.Job.Split('/')[1], folder.Bucket, cancellation))
        {
            // The bucket is not there yet, or is another project's: a job's run has nothing of it.
            if (job.Ended)
            {
                await ForgetAsync(job, cancellation);
            }

            return;
        }

        if (!_uploads.TryGetValue(job.Job, out var upload))
        {
            var sink = new JobRunSink(job, database, boards, tracked, runs, series, writes);
            var name = job.DisplayName.Length > 0 ? job.DisplayName : job.Job[(job.Job.LastIndexOf('/') + 1)..];
            upload = new FolderUpload(
                new ObjectLogSource(objects, folder),
                sink,
                jobs.Positions(job.Job),
                new UploadOptions(),
                folder => (name, folder == "." ? "" : folder + "/")
            );
            _uploads.Add(job.Job, upload);
        }

        await upload.PassAsync(cancellation: cancellation);
        foreach (var damage in upload.Damage)
        {
            Log.Damaged(logger, job.Job, damage.Message);
        }

        upload.Damage.Clear();
        foreach (var reason in upload.Totals.Refused.Keys.Where(reason => _told.Add($"{job.Job}\n{reason}")))
        {
            Log.LeftOut(logger, job.Job, reason);
        }

        if (job.Ended)
        {
            await ForgetAsync(job, cancellation);
        }
    }

    private async Task ForgetAsync(FollowedJob job, CancellationToken cancellation)
    {
        await jobs.ForgetAsync(job.Job, cancellation);
        _uploads.Remove(job.Job);
        _told.RemoveWhere(reason => reason.StartsWith(job.Job + "\n", StringComparison.Ordinal));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The event files of {Job} could not be read this time.")]
        public static partial void Failed(ILogger logger, string job, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "{Job}: {Message}")]
        public static partial void Damaged(ILogger logger, string job, string message);

        [LoggerMessage(4, LogLevel.Warning, "{Job}: {Reason}")]
        public static partial void LeftOut(ILogger logger, string job, string reason);

        [LoggerMessage(3, LogLevel.Error, "The jobs whose event files are to be read could not be listed this time.")]
        public static partial void Stopped(ILogger logger, Exception error);
    }
}
