using System.Formats.Tar;
using System.IO.Compression;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Files;

/// <summary>
/// Extracts <c>.tar.gz</c>, <c>.tgz</c>, <c>.tar</c>, <c>.zip</c> and <c>.whl</c> below a directory. Every entry's name goes through
/// <see cref="PathGate"/>; links, devices and pipes are refused; owners, set-id bits and times in the archive are ignored, only the
/// executable bit is kept.
/// </summary>
public static class ArchiveExtractor
{
    /// <param name="archive">A seekable stream of the archive.</param>
    /// <param name="name">The archive's name, whose ending tells the format.</param>
    /// <param name="directory">An existing directory, best an empty one. What was extracted before a failure stays there; the caller throws
    /// the directory away.</param>
    /// <param name="limits">What is too much.</param>
    /// <returns>The number of files.</returns>
    /// <exception cref="StatusException">INVALID_ARGUMENT: an unknown or broken format, an entry that may not be extracted, or a limit
    /// passed.</exception>
    public static async Task<int> ExtractAsync(
        Stream archive,
        string name,
        string directory,
        ArchiveLimits? limits = null,
        CancellationToken cancellation = default
    )
    {
        var target = new ArchiveTarget(directory, name, archive.Length, limits ?? new ArchiveLimits());
        try
        {
            if (HasEnding(name, ".zip", ".whl"))
            {
                await ExtractZipAsync(archive, target, cancellation);
            }
            else if (HasEnding(name, ".tar.gz", ".tgz"))
            {
                await using var unzipped = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
                await ExtractTarAsync(unzipped, target, cancellation);
            }
            else if (HasEnding(name, ".tar"))
            {
                await ExtractTarAsync(archive, target, cancellation);
            }
            else
            {
                throw StatusException.InvalidArgument(
                    $"'{name}' is no archive that can be extracted; it must end in .tar.gz, .tgz, .tar, .zip or .whl."
                );
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw StatusException.InvalidArgument($"The archive '{name}' is broken: {e.Message}");
        }

        return target.Files;
    }

    private static bool HasEnding(string name, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task ExtractTarAsync(Stream stream, ArchiveTarget target, CancellationToken cancellation)
    {
        await using var reader = new TarReader(stream, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    target.AddDirectory(entry.Name);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    var executable = (entry.Mode & UnixFileMode.UserExecute) != 0;
                    await target.AddFileAsync(entry.Name, entry.DataStream ?? Stream.Null, executable, cancellation);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw target.Refusal(entry.Name, $"it is a {entry.EntryType}; only files and folders are extracted");
            }
        }
    }

    private static async Task ExtractZipAsync(Stream stream, ArchiveTarget target, CancellationToken cancellation)
    {
        // The upper half of a zip entry's external attributes is the Unix mode: the file's type in its top four bits, then permissions.
        const int typeMask = 0xF000,
            regular = 0x8000,
            folder = 0x4000,
            ownerExecute = 0x40;

        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in zip.Entries)
        {
            var mode = entry.ExternalAttributes >>> 16;
            var type = mode & typeMask;
            if (type is not (0 or regular or folder))
            {
                throw target.Refusal(entry.FullName, "it is a link or a special file; only files and folders are extracted");
            }

            if (entry.FullName.EndsWith('/'))
            {
                target.AddDirectory(entry.FullName);
                continue;
            }

            await using var content = entry.Open();
            await target.AddFileAsync(entry.FullName, content, (mode & ownerExecute) != 0, cancellation);
        }
    }
}
