namespace Cairn.Processes.Sandboxing;

/// <summary>
/// bubblewrap makes the folders above a mount for its own user alone, so a program that became another user could not pass through them.
/// Here each of them is made before, open to all.
/// </summary>
internal static class MountPoints
{
    /// <summary>Options that put something at a path, with the number of arguments, of which the path is the last.</summary>
    private static readonly Dictionary<string, int> Mounts = new()
    {
        ["--bind"] = 2,
        ["--bind-try"] = 2,
        ["--ro-bind"] = 2,
        ["--ro-bind-try"] = 2,
        ["--dev-bind"] = 2,
        ["--dev-bind-try"] = 2,
        ["--symlink"] = 2,
        ["--tmpfs"] = 1,
        ["--dir"] = 1,
        ["--proc"] = 1,
        ["--dev"] = 1,
    };

    /// <summary>Other options with arguments, and their number; the rest have none.</summary>
    private static readonly Dictionary<string, int> Others = new()
    {
        ["--perms"] = 1,
        ["--size"] = 1,
        ["--chdir"] = 1,
        ["--hostname"] = 1,
        ["--cap-add"] = 1,
        ["--cap-drop"] = 1,
        ["--seccomp"] = 1,
        ["--remount-ro"] = 1,
        ["--setenv"] = 2,
        ["--unsetenv"] = 1,
    };

    /// <summary>The arguments, up to what is run, with the folders that they need.</summary>
    public static List<string> Open(IReadOnlyList<string> arguments)
    {
        var opened = new List<string>();
        var made = new HashSet<string>(StringComparer.Ordinal) { "/" };

        // What permissions and a size stand before belongs to them.
        var start = -1;
        for (var i = 0; i < arguments.Count; )
        {
            if (arguments[i] == "--")
            {
                opened.AddRange(arguments.Skip(i));
                break;
            }

            var mount = Mounts.TryGetValue(arguments[i], out var count);
            if (!mount)
            {
                Others.TryGetValue(arguments[i], out count);
            }

            if (mount)
            {
                var parents = Parents(arguments[i + count])
                    .Where(made.Add)
                    .SelectMany(static folder => (string[])["--perms", "0755", "--dir", folder])
                    .ToList();
                opened.InsertRange(start < 0 ? opened.Count : start, parents);
                made.Add(arguments[i + count]);
            }

            start = arguments[i] is "--perms" or "--size" ? (start < 0 ? opened.Count : start) : -1;
            opened.AddRange(arguments.Skip(i).Take(1 + count));
            i += 1 + count;
        }

        return opened;
    }

    /// <summary>The folders above a path, outermost first.</summary>
    private static List<string> Parents(string path)
    {
        var parents = new List<string>();
        for (var parent = Path.GetDirectoryName(path); parent is { Length: > 1 }; parent = Path.GetDirectoryName(parent))
        {
            parents.Insert(0, parent);
        }

        return parents;
    }
}
