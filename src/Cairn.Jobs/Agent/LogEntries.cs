using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Api;
using Google.Cloud.Logging.V2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Agent;

/// <summary>
/// A task's output as log entries in the shape that Vertex gives them, which is what <c>gcloud ai custom-jobs stream-logs</c> reads.
/// </summary>
internal static class LogEntries
{
    /// <summary>A line as an entry; without the time at which it was received.</summary>
    public static LogEntry Entry(string project, string location, string job, LogLine line) =>
        new()
        {
            LogName = $"projects/{project}/logs/{line.Source}",
            Resource = new MonitoredResource
            {
                Type = "ml_job",
                Labels =
                {
                    ["job_id"] = job,
                    ["project_id"] = project,
                    ["task_name"] = line.Source,
                },
            },
            Labels = { ["ml.googleapis.com/job_id"] = job, ["ml.googleapis.com/location"] = location },
            InsertId = line.InsertId,
            Timestamp = new Timestamp { Seconds = line.Nanoseconds / 1_000_000_000, Nanos = (int)(line.Nanoseconds % 1_000_000_000) },
            Severity = line.Severity,
            JsonPayload =
                Structured(line.Text)
                ?? new Struct
                {
                    Fields =
                    {
                        ["message"] = Value.ForString(line.Text),
                        ["levelname"] = Value.ForString(line.Severity.ToString().ToUpperInvariant()),
                    },
                },
        };

    /// <summary>A line that is a JSON object with a message is a structured entry, as in Cloud Logging.</summary>
    private static Struct? Structured(string text)
    {
        if (!LineSeverity.MayBeStructured(text))
        {
            return null;
        }

        try
        {
            return
                JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = LineSeverity.MaxLevels }) is JsonObject json
                && json.ContainsKey("message")
                ? JsonParser.Default.Parse<Struct>(text)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or InvalidJsonException or ArgumentException)
        {
            return null;
        }
    }
}
