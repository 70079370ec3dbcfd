namespace Cairn.Cli.Quickstart;

/// <summary>Where a person finds this program.</summary>
internal static class ProgramPath
{
    /// <summary>The folder that must go on the PATH for <c>cairn</c> to be found, or null where it is found already.</summary>
    public static string? MissingFolder()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (folders.Any(folder => File.Exists(Path.Combine(folder, "cairn"))))
        {
            return null;
        }

        // A build leaves the program in bin/app, and a link to it in bin.
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetDirectoryName(own) is { } parent && new FileInfo(Path.Combine(parent, "cairn")).LinkTarget is not null
            ? parent
            : own;
    }
}
