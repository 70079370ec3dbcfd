using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

/// <summary>One thing to copy.</summary>
/// <param name="Title">What a person is shown.</param>
/// <param name="Size">Bytes.</param>
/// <param name="RunAsync">Does it, and tells the bytes done so far.</param>
internal sealed record CopyStep(string Title, long Size, Func<Action<long>, CancellationToken, Task> RunAsync);

/// <summary>Works out what goes where before anything is copied, so that a mistake copies nothing.</summary>
internal sealed class CopyPlan(StorageClient storage, string destination, bool recursive)
{
    private readonly Upload _upload = new(storage.Http);
    private readonly Download _download = new(storage);

    public async Task<IReadOnlyList<CopyStep>> MakeAsync(IReadOnlyList<string> sources, CancellationToken cancellation)
    {
        var steps = new List<CopyStep>();
        foreach (var source in sources)
        {
            if (GsAddress.Is(source))
            {
                await AddObjectsAsync(GsAddress.Parse(source), sources.Count > 1, steps, cancellation);
            }
            else if (GsAddress.Is(destination))
            {
                AddFiles(source, GsAddress.Parse(destination), sources.Count > 1, steps);
            }
            else
            {
                throw CliException.Usage($"Neither '{source}' nor '{destination}' is a gs:// address; use cp of your system.");
            }
        }

        return steps;
    }

    private void AddFiles(string source, GsAddress to, bool many, List<CopyStep> steps)
    {
        if (Directory.Exists(source))
        {
            if (!recursive)
            {
                throw CliException.Usage($"'{source}' is a folder; copy it with --recursive.");
            }

            var name = Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar));
            var prefix = to.Name.Length == 0 || to.IsFolder ? to.Name + name : to.Name;
            foreach (
                var file in Directory.EnumerateFiles(
                    source,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
            )
            {
                AddFile(
                    file,
                    to with
                    {
                        Name = $"{prefix}/{Path.GetRelativePath(source, file).Replace(Path.DirectorySeparatorChar, '/')}",
                    },
                    steps
                );
            }
        }
        else if (File.Exists(source))
        {
            AddFile(source, to.IsFolder || many ? Into(to, Path.GetFileName(source)) : to, steps);
        }
        else
        {
            throw CliException.Usage($"There is no file '{source}'.");
        }
    }

    private void AddFile(string file, GsAddress to, List<CopyStep> steps) =>
        steps.Add(
            new CopyStep(
                to.ToString(),
                new FileInfo(file).Length,
                (progress, cancellation) =>
                    _upload.SendAsync(() => File.OpenRead(file), to.Bucket, to.Name, ContentTypes.Of(file), progress, cancellation)
            )
        );

    private async Task AddObjectsAsync(GsAddress source, bool many, List<CopyStep> steps, CancellationToken cancellation)
    {
        var items = await Matching.ObjectsAsync(storage, source, recursive, cancellation).ToListAsync(cancellation);
        foreach (var item in items)
        {
            var relative = RelativeName(source, item.Name);
            var asFolder = many || items.Count > 1 || item.Name != source.Name;
            if (GsAddress.Is(destination))
            {
                var to = GsAddress.Parse(destination);
                to = asFolder || to.IsFolder ? Into(to, relative) : to;
                steps.Add(
                    new CopyStep(
                        to.ToString(),
                        item.Size,
                        async (progress, token) =>
                        {
                            await storage.CopyAsync(item.Bucket, item.Name, to.Bucket, to.Name, token);
                            progress(item.Size);
                        }
                    )
                );
            }
            else if (!item.Name.EndsWith('/') || item.Size > 0)
            {
                // Empty objects that end in a slash only stand for folders.
                var path =
                    asFolder || Directory.Exists(destination) || destination.EndsWith('/')
                        ? LocalPaths.Below(destination, relative)
                        : destination;
                steps.Add(new CopyStep(path, item.Size, (progress, token) => _download.ReceiveAsync(item, path, progress, token)));
            }
        }
    }

    /// <summary>Below a folder: its own name and what follows; otherwise the last part.</summary>
    private string RelativeName(GsAddress source, string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        if (!recursive || source.HasWildcard || name == source.Name)
        {
            return last;
        }

        var folder = source.Name.TrimEnd('/');
        return folder.Length == 0 ? name : name[(folder.LastIndexOf('/') + 1)..];
    }

    private static GsAddress Into(GsAddress folder, string name) =>
        folder with
        {
            Name = folder.IsFolder ? folder.Name + name : $"{folder.Name}/{name}",
        };
}
