using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

/// <summary>Where an object goes on this machine. A name cannot lead out of the folder that was asked for.</summary>
internal static class LocalPaths
{
    /// <exception cref="CliException">The name is not that of a file below the folder.</exception>
    public static string Below(string folder, string name)
    {
        foreach (var part in name.Split('/'))
        {
            if (part is "" or "." or ".." || part.Contains('\0') || part.Contains(Path.DirectorySeparatorChar))
            {
                throw new CliException($"The object '{name}' cannot be a file below '{folder}': its name has the part '{part}'.");
            }
        }

        return Path.Combine(folder, Path.Combine(name.Split('/')));
    }
}
