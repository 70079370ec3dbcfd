using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Cairn.Testing;

/// <summary>Python packages made in memory.</summary>
public static class SourcePackage
{
    /// <summary>A source archive <c>NAME-0.1.tar.gz</c> of files by their path below its top folder.</summary>
    public static byte[] Tar(string name, params (string Path, string Content)[] files) => Tar(name, "0.1", files);

    /// <summary>A source archive <c>NAME-VERSION.tar.gz</c>.</summary>
    public static byte[] Tar(string name, string version, params (string Path, string Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var (path, content) in files)
            {
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"{name}-{version}/{path}")
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    }
                );
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A wheel of files by their path, whole enough for pip.</summary>
    /// <param name="requires">Lines of its metadata, such as <c>Requires-Dist: numpy</c>.</param>
    public static byte[] Wheel(string name, string requires, params (string Path, string Content)[] files) =>
        Wheel(name, "0.1", requires, files);

    /// <inheritdoc cref="Wheel(string, string, ValueTuple{string, string}[])"/>
    public static byte[] Wheel(string name, string version, string requires, params (string Path, string Content)[] files)
    {
        var info = $"{name}-{version}.dist-info";
        (string Path, string Content)[] all =
        [
            .. files,
            ($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ];
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (
                var (path, content) in all.Append(
                    ($"{info}/RECORD", string.Concat(all.Select(static file => file.Path + ",,\n")) + $"{info}/RECORD,,\n")
                )
            )
            {
                using var stream = zip.CreateEntry(path).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }
}
