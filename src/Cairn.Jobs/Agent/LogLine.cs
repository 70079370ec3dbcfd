using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>One line of a task's output, as it stands in the spool.</summary>
/// <param name="InsertId">Unique within the job, and in the order in which the lines came.</param>
/// <param name="Nanoseconds">Since 1970; strictly increasing within an attempt.</param>
/// <param name="Source">The replica whose output it is, or <c>service</c> for what the agent says.</param>
public sealed record LogLine(string InsertId, long Nanoseconds, LogSeverity Severity, string Source, string Text);
