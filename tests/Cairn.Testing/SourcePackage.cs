using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Cairn.Testing;

/// <summary>Python packages made in memory.</summary>
public static class SourcePackage
{
    /// <summary>A source archive <c>NAME-0.1.tar.gz</c> of files by their path below its top folder.</summary>
    public static byte[] Tar(string name, params (string Path, string Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var (path, content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{name}-0.1/{path}") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A wheel of files by their path.</summary>
    public static byte[] Wheel(string name, string requires, params (string Path, string Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files.Append(($"{name}-0.1.dist-info/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n{requires}")))
            {
                using var stream = zip.CreateEntry(path).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }
}
