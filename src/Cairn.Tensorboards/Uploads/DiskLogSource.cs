using System.Globalization;
using Cairn.Tensorboards.Events;

namespace Cairn.Tensorboards.Uploads;

/// <summary>A log folder on this machine.</summary>
public sealed class DiskLogSource(string directory) : ILogSource
{
    private readonly string _root = Path.GetFullPath(directory);

    public Task<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellation)
    {
        var files = new List<SourceFile>();
        foreach (var path in LogFolder.Runs(_root).SelectMany(static run => run.Files))
        {
            cancellation.ThrowIfCancellationRequested();
            var info = new FileInfo(path);
            if (info.Exists)
            {
                var length = info.Length;
                var stamp = string.Create(CultureInfo.InvariantCulture, $"{length} {info.LastWriteTimeUtc.Ticks}");
                files.Add(new SourceFile(Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/'), length, stamp));
            }
        }

        return Task.FromResult<IReadOnlyList<SourceFile>>(files);
    }

    public Task<Stream> OpenAsync(SourceFile file, CancellationToken cancellation) =>
        Task.FromResult<Stream>(LogFolder.Open(Path.Combine(_root, file.Name)));
}
