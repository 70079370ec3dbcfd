using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Jobs.Logs;

/// <summary><c>projects/PROJECT/logs/LOG</c>, where LOG is percent-encoded.</summary>
internal readonly record struct LogName(string Project, string Log)
{
    private const int MaxLog = 512;

    private static readonly NamePattern Pattern = new("projects/PROJECT/logs/LOG");

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static LogName Parse(string name) =>
        Pattern.Match(name) is [var project, { Length: <= MaxLog } log]
            ? new LogName(project, log)
            : throw StatusException.InvalidArgument(
                $"`log_name` is '{name}'; it must have the form projects/PROJECT/logs/LOG, where LOG has at most {MaxLog} characters and its '/' as %2F."
            );
}
