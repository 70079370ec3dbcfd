using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Limits;

/// <summary>Which limit ended a task, in sentences for the person whose job it is. Its code is always RESOURCE_EXHAUSTED.</summary>
internal sealed record LimitBreach(string Reason)
{
    public const Code Status = Code.ResourceExhausted;

    /// <summary>Whose limit it is, as a sentence begins.</summary>
    public static string Who(TaskRecord record) => record.Place.Replicas == 1 ? "The job" : $"The replica {record.Replica}";
}
