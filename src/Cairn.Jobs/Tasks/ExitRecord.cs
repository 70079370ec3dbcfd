using System.Text.Json.Serialization;

namespace Cairn.Jobs.Tasks;

/// <summary>How an attempt ended. Written by the agent when all the task's outputs are where they belong.</summary>
/// <param name="Code">A <c>google.rpc.Code</c>; 0 where it succeeded.</param>
/// <param name="Reason">A sentence for the person whose job it is; empty where it succeeded.</param>
public sealed record ExitRecord(TaskOutcome Outcome, int Code, string Reason, int? ExitCode, DateTimeOffset Started, DateTimeOffset Ended);

[JsonConverter(typeof(JsonStringEnumConverter<TaskOutcome>))]
public enum TaskOutcome
{
    Succeeded,
    Failed,
    Cancelled,
}
