using System.Globalization;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Logs;

/// <summary>Severities as filters name them: <c>ERROR</c>, <c>error</c> or <c>500</c>.</summary>
internal static class LogSeverities
{
    public static bool TryParse(string text, out int severity)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out severity))
        {
            return true;
        }

        var found = Enum.TryParse<LogSeverity>(text, ignoreCase: true, out var parsed);
        severity = (int)parsed;
        return found;
    }
}
