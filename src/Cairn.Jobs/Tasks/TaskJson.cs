using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Executors.Slurm;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Usage;

namespace Cairn.Jobs.Tasks;

/// <summary>The records that server and agent leave for each other, as JSON files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(TaskRecord))]
[JsonSerializable(typeof(GangRecord))]
[JsonSerializable(typeof(ReplicaAddress))]
[JsonSerializable(typeof(StartRecord))]
[JsonSerializable(typeof(ExitRecord))]
[JsonSerializable(typeof(SlurmRecord))]
[JsonSerializable(typeof(MountPlan))]
[JsonSerializable(typeof(UsageSample))]
[JsonSerializable(typeof(EnvironmentRecord))]
internal sealed partial class TaskJson : JsonSerializerContext
{
    private const int MaxRecord = 64 << 20;

    /// <param name="path">The file.</param>
    /// <param name="value">The record.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="durable">Whether it must outlive a machine that goes down.</param>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type, bool durable = true) =>
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type), durable);

    /// <summary>
    /// Reads a record, or null where there is none. Where a task runs without a sandbox of ours it reaches its records: what is no regular
    /// file there is none. Nor is what a machine that went down has left empty or in part.
    /// </summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return UntrustedFolder.ReadFile(path, MaxRecord) is { } json ? JsonSerializer.Deserialize(json, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
