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

    public static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The same for a record that nobody asks for once the machine has gone down.</summary>
    public static void WriteForNow<T>(string path, T value, JsonTypeInfo<T> type) =>
        DurableFile.WriteForNow(path, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>
    /// Reads a record, or null where there is none. Where a task runs without a sandbox of ours it reaches its records: what is no regular
    /// file there is none.
    /// </summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class => UntrustedFolder.ReadFile(path, MaxRecord) is { } json ? JsonSerializer.Deserialize(json, type) : null;
}
