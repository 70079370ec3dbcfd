using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Events;

/// <summary>A run below a log folder: a folder with event files in it.</summary>
/// <param name="Name">The path from the log folder, with <c>/</c>; <c>.</c> for the log folder itself.</param>
/// <param name="Files">The event files in the order of their names, which begin with the time they were made.</param>
public sealed record LogRun(string Name, IReadOnlyList<string> Files);

/// <summary>
/// Finds the runs below a log folder, as TensorBoard does: each folder that has a file with <c>tfevents</c> in its name. Links are not
/// followed.
/// </summary>
public static class LogFolder
{
    private const int MaxRuns = 100_000;

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 64,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    /// <exception cref="StatusException">NOT_FOUND where there is no such folder; RESOURCE_EXHAUSTED where it has too many
    /// runs.</exception>
    public static IReadOnlyList<LogRun> Runs(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw StatusException.NotFound($"There is no folder '{directory}'.");
        }

        var root = Path.GetFullPath(directory);
        var folders = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(root, "*tfevents*", Everything))
        {
            var name = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
            if (!folders.TryGetValue(name, out var files))
            {
                folders.Add(name, files = []);
                if (folders.Count > MaxRuns)
                {
                    throw StatusException.ResourceExhausted(
                        $"'{directory}' has more than {MaxRuns} folders with event files; take a part of it."
                    );
                }
            }

            files.Add(file);
        }

        return
        [
            .. folders.Select(static folder =>
            {
                folder.Value.Sort(StringComparer.Ordinal);
                return new LogRun(folder.Key, folder.Value);
            }),
        ];
    }

    /// <summary>Opens a file that a writer may still have open.</summary>
    public static FileStream Open(string file) =>
        new(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
            }
        );
}
