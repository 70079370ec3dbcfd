using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;
using Google.Api;
using Google.Cloud.Logging.V2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Agent;

/// <summary>A task's output as log entries in the shape that Vertex gives them, which is what <c>gcloud ai custom-jobs stream-logs</c> reads.</summary>
internal static class LogEntries
{
    /// <summary>The request that writes some lines. Writing the same lines twice leaves them once, by their insert ids.</summary>
    public static WriteLogEntriesRequest Request(TaskRecord record, IReadOnlyList<LogLine> lines)
    {
        var request = new WriteLogEntriesRequest { Labels = { ["ml.googleapis.com/job_id"] = record.Task, ["ml.googleapis.com/location"] = record.Location } };
        foreach (var line in lines)
        {
            request.Entries.Add(Entry(record, line));
        }

        return request;
    }

    private static LogEntry Entry(TaskRecord record, LogLine line)
    {
        var entry = new LogEntry
        {
            LogName = $"projects/{record.Project}/logs/{line.Source}",
            Resource = new MonitoredResource
            {
                Type = "ml_job",
                Labels = { ["job_id"] = record.Task, ["project_id"] = record.Project, ["task_name"] = line.Source },
            },
            InsertId = line.InsertId,
            Timestamp = new Timestamp { Seconds = line.Nanoseconds / 1_000_000_000, Nanos = (int)(line.Nanoseconds % 1_000_000_000) },
            Severity = line.Severity,
            JsonPayload = Structured(line.Text) ?? new Struct { Fields = { ["message"] = Value.ForString(line.Text), ["levelname"] = Value.ForString(line.Severity.ToString().ToUpperInvariant()) } },
        };

        if (entry.JsonPayload.Fields.TryGetValue("severity", out var severity) && System.Enum.TryParse<Google.Cloud.Logging.Type.LogSeverity>(severity.StringValue, ignoreCase: true, out var parsed))
        {
            entry.Severity = parsed;
        }

        return entry;
    }

    /// <summary>A line that is a JSON object with a message is a structured entry, as in Cloud Logging.</summary>
    private static Struct? Structured(string text)
    {
        if (!text.StartsWith('{') || !text.EndsWith('}'))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 32 }) is JsonObject json && json.ContainsKey("message")
                ? JsonParser.Default.Parse<Struct>(text)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or InvalidJsonException or ArgumentException)
        {
            return null;
        }
    }
}
