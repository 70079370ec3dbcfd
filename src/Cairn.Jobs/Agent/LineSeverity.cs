using System.Text.Json;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>How severe a line of output is.</summary>
internal static class LineSeverity
{
    /// <summary>An entry with more levels of objects than the server accepts is text like another line.</summary>
    public const int MaxLevels = 20;

    /// <summary>Whether a line looks like a structured entry, so that reading it is worth it.</summary>
    public static bool MayBeStructured(string text) => text.StartsWith('{') && text.EndsWith('}');

    /// <summary>The severity that a structured line says it has; another's is that of the stream that it was printed to.</summary>
    public static LogSeverity Of(string text, LogSeverity printed)
    {
        if (!MayBeStructured(text))
        {
            return printed;
        }

        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxLevels });
            return
                json.RootElement.TryGetProperty("message", out _)
                && json.RootElement.TryGetProperty("severity", out var severity)
                && severity.ValueKind == JsonValueKind.String
                && Enum.TryParse<LogSeverity>(severity.GetString(), ignoreCase: true, out var parsed)
                && Enum.IsDefined(parsed)
                ? parsed
                : printed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return printed;
        }
    }
}
