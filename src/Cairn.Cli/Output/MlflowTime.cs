using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Cli.Output;

/// <summary>MLflow's times, milliseconds since 1970.</summary>
internal static class MlflowTime
{
    /// <summary>As the other resources' times are written; null for none.</summary>
    public static string? Text(JsonNode? milliseconds) =>
        milliseconds is null || (long)milliseconds <= 0
            ? null
            : DateTimeOffset
                .FromUnixTimeMilliseconds((long)milliseconds)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
