using System.Globalization;
using Cairn.Data;

namespace Cairn.Tensorboards.Uploads;

/// <summary>A log folder in the object store. A file that grows is an object that is replaced by a longer one.</summary>
public sealed class ObjectLogSource(IObjects objects, GsUri folder) : ILogSource
{
    private const int MaxFiles = 100_000;

    private readonly GsUri _folder =
        folder.Object.Length == 0 || folder.Object.EndsWith('/') ? folder : folder with { Object = folder.Object + "/" };

    public async Task<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellation)
    {
        var files = new List<SourceFile>();
        await foreach (var item in objects.ListAsync(_folder, cancellation))
        {
            var name = item.Name[_folder.Object.Length..];
            if (name[(name.LastIndexOf('/') + 1)..].Contains("tfevents", StringComparison.Ordinal) && files.Count < MaxFiles)
            {
                files.Add(new SourceFile(name, item.Size, item.Generation.ToString(CultureInfo.InvariantCulture)));
            }
        }

        return files;
    }

    public Task<Stream> OpenAsync(SourceFile file, CancellationToken cancellation) =>
        objects.OpenAsync(_folder.Join(file.Name), cancellation);
}
