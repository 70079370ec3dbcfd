using System.Collections.Concurrent;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>
/// Jobs of a Slurm cluster, whose nodes see the server's data folder: one Slurm job for a gang, in which an agent runs for each replica, on
/// its node. The agents say through the folders how they fare; the queue says what agents cannot: that the job waits, and that they are
/// gone. It is found again by its name.
/// </summary>
internal sealed class SlurmExecutor(SlurmTools tools, SlurmQueue queue, JobsOptions options, TimeProvider time) : IExecutor
{
    /// <summary>How long the accounts may be away, or behind, before a job that the queue has forgotten is given up.</summary>
    private static readonly TimeSpan AccountsPatience = TimeSpan.FromMinutes(5);

    private const int MaxOutput = 1 << 20;

    private readonly SlurmAccounts _accounts = new(tools);

    /// <summary>When a job was first seen to be over without all its files being seen.</summary>
    private readonly ConcurrentDictionary<string, long> _over = new();

    public string Name => "slurm";

    public string? Obstacle() =>
        ((string[])["sbatch", "squeue", "scancel"]).Where(program => tools.Find(program) is null).ToList() is { Count: > 0 } missing
            ? $"Slurm's programs {string.Join(", ", missing)} are not on this machine."
            : null;

    public async Task StartAsync(Gang gang, CancellationToken cancellation)
    {
        if (File.Exists(SubmissionFile(gang)) || gang.Replicas.All(static replica => replica.Directory.StopRequested))
        {
            return;
        }

        // The server may have died between submitting and writing that down.
        var name = SlurmSubmission.Name(gang);
        if (await queue.FindAsync(name, fresh: true, cancellation) is [var submitted, ..])
        {
            Write(gang, submitted.Id);
            return;
        }

        await File.WriteAllTextAsync(SlurmSubmission.ScriptFile(gang), SlurmSubmission.Script, cancellation);
        var environment = new Dictionary<string, string>(AgentEnvironment.Build()) { ["PATH"] = tools.Path };
        var output = await tools.RunAsync("sbatch", SlurmSubmission.Arguments(gang, options, environment), cancellation);

        // ID or ID;CLUSTER.
        Write(gang, output.Trim().Split(';')[0]);
        queue.Forget();
    }

    public async Task<IReadOnlyList<AttemptStatus>> ObserveAsync(Gang gang, CancellationToken cancellation)
    {
        if (!File.Exists(SubmissionFile(gang)))
        {
            return Files(gang, static _ => AttemptState.NotStarted);
        }

        if (gang.Replicas.All(static replica => File.Exists(replica.Directory.ExitFile)))
        {
            return Files(gang, static _ => AttemptState.Ended);
        }

        var jobs = await queue.FindAsync(SlurmSubmission.Name(gang), fresh: false, cancellation);
        if (jobs.FirstOrDefault(static job => job is { IsOver: false, Restarts: > 0 }) is { } requeued)
        {
            return Files(
                gang,
                replica =>
                    replica.Begun ? new AttemptStatus(AttemptState.Lost, SlurmEnd.Requeued(replica.Name, requeued)) : AttemptState.Waiting
            );
        }

        if (jobs.Any(static job => !job.IsOver) || !SeenLongEnough(gang, jobs))
        {
            return Files(gang, static replica => replica.Begun ? AttemptState.Running : AttemptState.Waiting);
        }

        if (jobs.Count == 0)
        {
            if (await AccountedAsync(gang, cancellation) is not { } accounted)
            {
                return Files(gang, static replica => replica.Begun ? AttemptState.Running : AttemptState.Waiting);
            }

            jobs = accounted;
        }

        var output = ReadOutput(gang);
        return Files(
            gang,
            replica =>
                !replica.Begun && replica.Stopped
                    ? AttemptState.NotStarted
                    : new AttemptStatus(AttemptState.Lost, SlurmEnd.Of(replica.Name, jobs, replica.Begun, output))
        );
    }

    public async Task KillAsync(Gang gang, CancellationToken cancellation)
    {
        var alive = (await queue.FindAsync(SlurmSubmission.Name(gang), fresh: true, cancellation))
            .Where(static job => !job.IsOver)
            .Select(static job => job.Id)
            .ToList();
        if (alive.Count == 0)
        {
            return;
        }

        // At once, where it runs; and out of the line, where it waits.
        var ids = string.Join(',', alive);
        await IgnoreRefusalAsync(["--signal=KILL", "--full", ids], cancellation);
        await IgnoreRefusalAsync([ids], cancellation);
        queue.Forget();
    }

    public async Task CleanAsync(Gang gang, CancellationToken cancellation)
    {
        _over.TryRemove(gang.Directory.Path, out _);
        if (File.Exists(SubmissionFile(gang)))
        {
            await KillAsync(gang, cancellation);
        }
    }

    private static string SubmissionFile(Gang gang) => Path.Combine(gang.Directory.Path, "slurm.json");

    private void Write(Gang gang, string id) =>
        TaskJson.Write(
            SubmissionFile(gang),
            new SlurmRecord(id, SlurmSubmission.Name(gang), time.GetUtcNow()),
            TaskJson.Default.SlurmRecord
        );

    /// <summary>Where the replicas stand: what is said by their exit records, and where there is none, by the function.</summary>
    private static List<AttemptStatus> Files(Gang gang, Func<(string Name, bool Begun, bool Stopped), AttemptStatus> otherwise) =>
        [
            .. gang.Replicas.Select(replica =>
                replica.Directory.ReadExit() is not null
                    ? AttemptState.Ended
                    : otherwise((replica.Record.Replica, File.Exists(replica.Directory.StartFile), replica.Directory.StopRequested))
            ),
        ];

    /// <summary>Slurm says sooner that a job is over than a shared file system shows what it wrote.</summary>
    private bool SeenLongEnough(Gang gang, IReadOnlyList<SlurmJob> jobs)
    {
        var ran = jobs.Count == 0 || jobs.Any(static job => job.Nodes.Length > 0);
        return !ran || time.GetElapsedTime(_over.GetOrAdd(gang.Directory.Path, _ => time.GetTimestamp())) >= options.Slurm.FileDelay;
    }

    /// <summary>
    /// What the accounts say of a job that the queue has forgotten; null while it may still come: they are written a little later, and
    /// slurmdbd may be away. Where it stays away, the job is given up.
    /// </summary>
    private async Task<IReadOnlyList<SlurmJob>?> AccountedAsync(Gang gang, CancellationToken cancellation)
    {
        if (TaskJson.Read(SubmissionFile(gang), TaskJson.Default.SlurmRecord) is not { } record)
        {
            return [];
        }

        var waited = time.GetElapsedTime(_over.GetOrAdd(gang.Directory.Path, _ => time.GetTimestamp()));
        try
        {
            var jobs = await _accounts.FindAsync(record.Job, record.Name, cancellation);
            return jobs.All(static job => job.IsOver) ? jobs
                : waited < AccountsPatience ? null
                : [];
        }
        catch (ExecutorAwayException) when (waited >= AccountsPatience)
        {
            return [];
        }
    }

    private async Task IgnoreRefusalAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            await tools.RunAsync("scancel", arguments, cancellation);
        }
        catch (Kernel.Errors.StatusException)
        {
            // It has ended meanwhile.
        }
    }

    private static string ReadOutput(Gang gang)
    {
        var file = SlurmSubmission.OutputFile(gang);
        return System.Text.Encoding.UTF8.GetString(UntrustedFolder.ReadFile(file, MaxOutput) ?? []);
    }
}
