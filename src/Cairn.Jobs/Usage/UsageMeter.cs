namespace Cairn.Jobs.Usage;

/// <summary>
/// Measures a task that an agent runs. Processor and memory are those of the task's processes, in percent of what the machine gives them;
/// the network's and the disk's are the machine's, which tasks share.
/// </summary>
internal sealed class UsageMeter(int agent, string folder, TimeProvider time)
{
    private readonly string? _gpuTool = HostTools.Find("nvidia-smi");
    private readonly NetworkUsage _atStart = NetworkUsage.Now();
    private TimeSpan _processor = ProcessUsage.Below(agent).Processor;
    private long _measured = time.GetTimestamp();

    /// <param name="ended">Whether the task's processes are gone, so that their memory cannot be told any more.</param>
    public async Task<Dictionary<string, double>> ReadAsync(bool ended, CancellationToken cancellation)
    {
        var metrics = new Dictionary<string, double>();
        AddProcesses(metrics, ended);
        AddNetwork(metrics);
        AddDisk(metrics);
        await GpuUsage.AddAsync(_gpuTool, metrics, cancellation);
        return metrics;
    }

    private void AddProcesses(Dictionary<string, double> metrics, bool ended)
    {
        var now = time.GetTimestamp();
        var used = ProcessUsage.Below(agent);
        var passed = time.GetElapsedTime(_measured, now);
        if (passed > TimeSpan.Zero)
        {
            // Between two looks a process may end and not be accounted to its parent yet.
            var busy = used.Processor > _processor ? used.Processor - _processor : TimeSpan.Zero;
            metrics[MetricNames.Processor] = Math.Min(100, 100 * (busy / passed) / Environment.ProcessorCount);
            _processor += busy;
            _measured = now;
        }

        if (!ended)
        {
            metrics[MetricNames.Memory] = used.Memory / MetricNames.BytesPerMegabyte;
            metrics[MetricNames.MemoryShare] = 100.0 * used.Memory / GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }
    }

    private void AddNetwork(Dictionary<string, double> metrics)
    {
        var network = NetworkUsage.Now();
        metrics[MetricNames.Received] = Math.Max(0, network.Received - _atStart.Received) / MetricNames.BytesPerMegabyte;
        metrics[MetricNames.Sent] = Math.Max(0, network.Sent - _atStart.Sent) / MetricNames.BytesPerMegabyte;
    }

    private void AddDisk(Dictionary<string, double> metrics)
    {
        try
        {
            var disk = new DriveInfo(folder);
            var used = disk.TotalSize - disk.TotalFreeSpace;
            metrics[MetricNames.Disk] = used / MetricNames.BytesPerMegabyte;
            metrics[MetricNames.DiskFree] = disk.AvailableFreeSpace / MetricNames.BytesPerMegabyte;
            if (used + disk.AvailableFreeSpace > 0)
            {
                metrics[MetricNames.DiskShare] = 100.0 * used / (used + disk.AvailableFreeSpace);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system that tells nothing.
        }
    }
}
