using Cairn.Cli.Shell;

namespace Cairn.Cli.Quickstart;

/// <summary>The example that lies beside the program.</summary>
internal static class SampleFiles
{
    /// <summary>The folder of the Python project.</summary>
    public static string Project => Existing(Path.Combine(AppContext.BaseDirectory, "examples", "penguins"), Directory.Exists);

    /// <summary>The Palmer penguins as JSON.</summary>
    public static string Data => Existing(Path.Combine(AppContext.BaseDirectory, "examples", "penguins.json"), File.Exists);

    private static string Existing(string path, Func<string, bool> exists) =>
        exists(path)
            ? path
            : throw new CliException($"'{path}' is missing; build again with 'make build', or unpack the whole published folder.");
}
