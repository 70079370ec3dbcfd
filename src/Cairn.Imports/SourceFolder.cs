using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;

namespace Cairn.Imports;

/// <summary>Reads below one folder: never through links, and no file beyond its limit.</summary>
internal sealed class SourceFolder
{
    /// <summary>The largest file that is read whole, in bytes.</summary>
    public const int MaxText = 16 << 20;

    private const int MaxFiles = 1_000_000;

    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 32,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };
    private static readonly EnumerationOptions Here = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public SourceFolder(string directory) =>
        Root = Directory.Exists(directory)
            ? Path.GetFullPath(directory)
            : throw StatusException.NotFound($"There is no folder '{directory}'.");

    public string Root { get; }

    /// <summary>The path of something below the folder.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where a link is on the way.</exception>
    public string Join(params ReadOnlySpan<string> parts) => PathGate.Join(Root, string.Join('/', parts));

    public bool HasFolder(string relative) => Directory.Exists(Join(relative));

    /// <summary>The names of the folders in one.</summary>
    public IEnumerable<string> Folders(string relative = "")
    {
        var path = relative.Length == 0 ? Root : Join(relative);
        return Directory.Exists(path)
            ? Directory.EnumerateDirectories(path, "*", Here).Select(static found => Path.GetFileName(found)!).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>The files below a folder: the path from there with <c>/</c>, and the whole one.</summary>
    public IEnumerable<KeyValuePair<string, string>> Files(string relative)
    {
        var path = relative.Length == 0 ? Root : Join(relative);
        return Directory.Exists(path)
            ? Directory
                .EnumerateFiles(path, "*", Below)
                .Take(MaxFiles)
                .Select(file => KeyValuePair.Create(Path.GetRelativePath(path, file).Replace(Path.DirectorySeparatorChar, '/'), file))
                .Where(static file => PathGate.IsRepresentable(file.Key))
                .OrderBy(static file => file.Key, StringComparer.Ordinal)
            : [];
    }

    /// <summary>Whether any folder here, or in one, has a file of a name.</summary>
    public bool AnyHas(string file, string relative = "") =>
        Folders(relative).Any(name => File.Exists(Path.Combine(Root, relative, name, file)));

    /// <summary>Looks into a folder, so that one which may not be looked into is told and not taken for an empty one.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public void Probe(string relative) => _ = Directory.EnumerateFileSystemEntries(Join(relative)).Any();

    /// <summary>A file's text; null where there is no such file.</summary>
    /// <exception cref="StatusException">RESOURCE_EXHAUSTED where it is too large.</exception>
    public string? Text(string relative) => TextOf(Join(relative));

    public static string? TextOf(string path)
    {
        var file = new FileInfo(path);
        return !file.Exists ? null
            : file.Length <= MaxText ? File.ReadAllText(path)
            : throw StatusException.ResourceExhausted($"'{path}' has {file.Length} bytes; at most {MaxText} are read.");
    }
}
