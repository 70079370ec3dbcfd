using System.Text.RegularExpressions;
using Cairn.Data;
using Cairn.Jobs.Agent;
using Cairn.Kernel.Files;
using Google.Rpc;

namespace Cairn.Jobs.Environments;

/// <summary>
/// The packages that the server has at hand: the files of a folder on this machine, or of one in the object store, copied when they are
/// needed.
/// </summary>
/// <param name="links">The folder, a <c>gs://</c> address, or null for none.</param>
/// <param name="copies">Where objects are copied to.</param>
internal sealed partial class WheelSource(string? links, string copies, ObjectClient objects)
{
    /// <summary>What it is, for sentences.</summary>
    public string? Address => links;

    private GsUri? Bucket =>
        links is not null && links.StartsWith("gs://", StringComparison.Ordinal) ? GsUri.Parse(links, "--pip-find-links") : null;

    /// <summary>Names of those files that are of certain projects, whatever their version.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(IReadOnlySet<string> projects, CancellationToken cancellation) =>
        [
            .. (await FilesAsync(cancellation)).Where(name =>
                Project(name) is { } project
                && projects.Any(wanted => project == wanted || project.StartsWith(wanted + "-", StringComparison.Ordinal))
            ),
        ];

    /// <summary>The folder for pip, or null where there is none.</summary>
    /// <exception cref="TaskFailure">It cannot be read.</exception>
    public async Task<string?> FolderAsync(CancellationToken cancellation)
    {
        if (Bucket is not { } bucket)
        {
            return links;
        }

        Directory.CreateDirectory(copies);
        foreach (var name in await FilesAsync(cancellation))
        {
            var path = PathGate.Join(copies, name);
            if (!File.Exists(path))
            {
                await objects.DownloadAsync(bucket.Join(name), path, cancellation);
            }
        }

        return copies;
    }

    private async Task<IReadOnlyList<string>> FilesAsync(CancellationToken cancellation)
    {
        if (Bucket is { } bucket)
        {
            var folder = bucket.Object.Length == 0 || bucket.Object.EndsWith('/') ? bucket.Object : bucket.Object + "/";
            var names = await objects.ListAsync(bucket with { Object = folder }, cancellation);
            return
            [
                .. names
                    .Select(name => name[folder.Length..])
                    .Where(static name =>
                        !name.Contains('/', StringComparison.Ordinal) && Project(name) is not null && PathGate.IsRepresentable(name)
                    ),
            ];
        }

        return links is null ? []
            : Directory.Exists(links)
                ?
                [
                    .. Directory
                        .EnumerateFiles(links)
                        .Select(static path => Path.GetFileName(path)!)
                        .Where(static name => Project(name) is not null),
                ]
            : throw new TaskFailure(
                Code.FailedPrecondition,
                $"The server's folder of wheels, '{links}', is not there. Make it, or start the server with another --pip-find-links."
            );
    }

    /// <summary>
    /// The normalised name that a file begins with; for a source archive with its version, which no sign sets apart. Null where it is no
    /// package.
    /// </summary>
    private static string? Project(string file)
    {
        var wheel = file.EndsWith(".whl", StringComparison.Ordinal);
        return wheel || file.EndsWith(".tar.gz", StringComparison.Ordinal) || file.EndsWith(".zip", StringComparison.Ordinal)
            ? Separators().Replace(wheel ? file.Split('-')[0] : file, "-").ToLowerInvariant()
            : null;
    }

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
