using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>What Slurm says of this user's jobs: asked for all at once, and not more often than need be.</summary>
internal sealed partial class SlurmQueue(SlurmTools tools, JobsOptions options, TimeProvider time, ILogger<SlurmQueue> logger)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IReadOnlyList<SlurmJob> _jobs = [];
    private ExecutorAwayException? _away;
    private long? _asked;

    /// <summary>The jobs of that name, components each for itself; none where Slurm knows of none any more.</summary>
    /// <exception cref="ExecutorAwayException">Slurm does not answer.</exception>
    public async Task<IReadOnlyList<SlurmJob>> FindAsync(string name, bool fresh, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (fresh || _asked is not { } when || time.GetElapsedTime(when) >= options.Slurm.PollInterval)
            {
                await AskAsync(cancellation);
            }

            return _away is null ? [.. _jobs.Where(job => job.IsNamed(name))] : throw new ExecutorAwayException(_away.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes the next look a fresh one: what was just submitted is not in the last.</summary>
    public void Forget() => _asked = null;

    private async Task AskAsync(CancellationToken cancellation)
    {
        try
        {
            // Each field with a mark behind it, or it would be cut to a width.
            var output = await tools.RunAsync(
                "squeue",
                ["--me", "--states=all", "--noheader", "--Format=JobID:|,State:|,RestartCnt:|,Reason:|,NodeList:|,Name:|"],
                cancellation
            );
            _jobs = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SlurmJob.Parse).OfType<SlurmJob>()];
            if (_away is not null)
            {
                Log.Back(logger);
            }

            _away = null;
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException)
        {
            if (_away is null)
            {
                Log.Away(logger, e.Message);
            }

            _away = e as ExecutorAwayException ?? new ExecutorAwayException(e.Message);
        }

        _asked = time.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Slurm's queue cannot be read, and nothing is concluded of its jobs meanwhile. {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Slurm's queue can be read again.")]
        public static partial void Back(ILogger logger);
    }
}
