using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Relations;

/// <summary>An edge between an execution and an artifact.</summary>
/// <param name="Output">Whether the artifact is what the execution made, rather than what it read.</param>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Labels">As JSON.</param>
internal sealed record EventRow(string Execution, string Artifact, bool Output, long Time, string Labels)
{
    public Event ToMessage()
    {
        var message = new Event
        {
            Execution = Execution,
            Artifact = Artifact,
            Type = Output ? Event.Types.Type.Output : Event.Types.Type.Input,
            EventTime = Kernel.Store.Timestamps.ToTimestamp(Time),
        };
        message.Labels.Add(System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(Labels)!);
        return message;
    }
}
