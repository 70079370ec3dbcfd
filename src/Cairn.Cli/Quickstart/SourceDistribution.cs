using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Cairn.Cli.Quickstart;

/// <summary>
/// Packs a Python project into a source distribution, as <c>python -m build --sdist</c> would: a gzipped tar with one folder
/// <c>name-version</c> that holds <c>PKG-INFO</c> and the sources (the packaging guide's "Source distribution format").
/// </summary>
internal static class SourceDistribution
{
    public static byte[] Pack(string project, string name, string version)
    {
        var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            var root = $"{name}-{version}";
            Write(tar, $"{root}/PKG-INFO", Encoding.UTF8.GetBytes($"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"));
            foreach (var file in Directory.EnumerateFiles(project, "*.py", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                Write(
                    tar,
                    $"{root}/{Path.GetRelativePath(project, file).Replace(Path.DirectorySeparatorChar, '/')}",
                    File.ReadAllBytes(file)
                );
            }
        }

        return buffer.ToArray();
    }

    private static void Write(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(content),
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                // The same sources give the same bytes.
                ModificationTime = DateTimeOffset.UnixEpoch,
            }
        );
}
