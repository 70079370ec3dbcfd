using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Usage;

/// <summary>The names under which MLflow logs system metrics, and its unit.</summary>
internal static class MetricNames
{
    public const string Prefix = "system/";
    public const string Processor = Prefix + "cpu_utilization_percentage";
    public const string Memory = Prefix + "system_memory_usage_megabytes";
    public const string MemoryShare = Prefix + "system_memory_usage_percentage";
    public const string Disk = Prefix + "disk_usage_megabytes";
    public const string DiskShare = Prefix + "disk_usage_percentage";
    public const string DiskFree = Prefix + "disk_available_megabytes";
    public const string Received = Prefix + "network_receive_megabytes";
    public const string Sent = Prefix + "network_transmit_megabytes";

    public const double BytesPerMegabyte = 1e6;

    /// <summary>The name in the job's run: of several replicas, each has its own, as MLflow's client names nodes.</summary>
    public static string Of(string metric, TaskRecord record) =>
        record.Place.Replicas == 1 ? metric : $"{Prefix}{record.Replica}/{metric[Prefix.Length..]}";
}
