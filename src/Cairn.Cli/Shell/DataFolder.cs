namespace Cairn.Cli.Shell;

/// <summary>Where a server keeps its state unless told otherwise.</summary>
internal static class DataFolder
{
    public static string Default() =>
        Environment.GetEnvironmentVariable("CAIRN_DATA") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cairn");
}
