using Cairn.Jobs.Tasks;
using Cairn.Jobs.Usage;

namespace Cairn.Jobs.Reports;

/// <summary>
/// Follows the file of a task's metrics while it runs. What is new in it goes to a file of the attempt, where the server takes it, now or
/// when it is there again. The task may write its file anew each time and drop old lines, so that what is new is told by the lines
/// themselves.
/// </summary>
internal sealed class MetricFollower(AttemptDirectory directory, TimeProvider time)
{
    /// <summary>More than a file of the size that is read can have in sensible lines.</summary>
    private const int MaxSeen = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<string> _seen = [];
    private readonly Queue<string> _order = [];
    private readonly Dictionary<string, double> _last = [];
    private FileStatus? _looked;

    /// <summary>The file as this machine has it.</summary>
    private string File => Path.Combine(directory.Metrics, AttemptDirectory.MetricFileName);

    /// <summary>Follows until cancelled, which the task's end does.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            Take(ended: false);
        }
    }

    /// <summary>Takes the last lines, and what every metric was at the end.</summary>
    public void Complete() => Take(ended: true);

    /// <summary>Takes what is new.</summary>
    internal void Take(bool ended)
    {
        try
        {
            var status = FileStatus.Of(File);
            if (!ended && status == _looked)
            {
                return;
            }

            _looked = status;
            var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var lines = MetricFile.Lines(File, ended);
            foreach (var sample in lines.Where(IsNew).Select(line => MetricFile.Parse(line, now)).OfType<UsageSample>())
            {
                Put(sample);
            }

            if (ended)
            {
                PutLast(lines, now);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The task replaces its file just now, or the disk is full: the next look tells.
        }
    }

    /// <summary>A line without a time may come back, as 0.5, 0.4, 0.5: what a metric was last is told by the whole file.</summary>
    private void PutLast(List<string> lines, long now)
    {
        var values = new Dictionary<string, (double Value, long Step)>();
        foreach (var sample in lines.Select(line => MetricFile.Parse(line, now)).OfType<UsageSample>())
        {
            foreach (var (name, value) in sample.Metrics)
            {
                values[name] = (value, sample.Step);
            }
        }

        foreach (
            var (name, (value, step)) in values.Where(pair => !_last.TryGetValue(pair.Key, out var put) || !put.Equals(pair.Value.Value))
        )
        {
            Put(new UsageSample(step, now, new Dictionary<string, double> { [name] = value }));
        }
    }

    private void Put(UsageSample sample)
    {
        UsageSpool.Append(directory.MetricSpool, sample);
        foreach (var (name, value) in sample.Metrics)
        {
            _last[name] = value;
        }
    }

    private bool IsNew(string line)
    {
        if (!_seen.Add(line))
        {
            return false;
        }

        _order.Enqueue(line);
        if (_order.Count > MaxSeen)
        {
            _seen.Remove(_order.Dequeue());
        }

        return true;
    }
}
