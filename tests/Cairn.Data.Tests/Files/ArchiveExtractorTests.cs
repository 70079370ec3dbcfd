using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;
using Google.Rpc;

namespace Cairn.Data.Tests.Files;

public sealed class ArchiveExtractorTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    [Theory]
    [InlineData("package.tar.gz")]
    [InlineData("package.tgz")]
    [InlineData("package.tar")]
    [InlineData("package.zip")]
    [InlineData("package-1.0-py3-none-any.whl")]
    public async Task every_format_is_extracted(string name)
    {
        using var archive = Make(name, ("trainer/__init__.py", ""), ("trainer/task.py", "print(1)"), ("setup.py", "…"));

        (await ArchiveExtractor.ExtractAsync(archive, name, _root.Path)).ShouldBe(3);

        (await File.ReadAllTextAsync(_root["trainer/task.py"])).ShouldBe("print(1)");
        (await File.ReadAllTextAsync(_root["setup.py"])).ShouldBe("…");
    }

    [Theory]
    [MemberData(nameof(PathGateTests.Forbidden), MemberType = typeof(PathGateTests))]
    public async Task no_entry_leaves_the_folder(string entry)
    {
        // The writers refuse some names themselves; what they refuse cannot be in an archive of theirs.
        foreach (var name in (string[])["x.tar", "x.zip"])
        {
            using var inner = new TemporaryDirectory();
            var target = Directory.CreateDirectory(inner["deep/target"]).FullName;
            MemoryStream archive;
            try
            {
                archive = Make(name, (entry, "x"));
            }
            catch (ArgumentException)
            {
                continue;
            }

            try
            {
                await ArchiveExtractor.ExtractAsync(archive, name, target);
            }
            catch (StatusException error)
            {
                error.Code.ShouldBe(Code.InvalidArgument);
            }

            Directory
                .GetFiles(inner.Path, "*", SearchOption.AllDirectories)
                .ShouldAllBe(path => path.StartsWith(target + "/", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public async Task links_and_special_files_are_refused(TarEntryType type)
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            var entry = new PaxTarEntry(type, "evil");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = "/etc/passwd";
            }

            await writer.WriteEntryAsync(entry);
        }

        archive.Position = 0;
        var error = await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, "x.tar", _root.Path));

        error.Message.ShouldContain("evil");
        Directory.GetFileSystemEntries(_root.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_link_in_a_zip_is_refused()
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry("evil");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            await using var content = entry.Open();
            content.Write("/etc/passwd"u8);
        }

        archive.Position = 0;
        (await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, "x.zip", _root.Path))).Message.ShouldContain(
            "evil"
        );
    }

    [Fact]
    public async Task two_entries_of_one_name_are_refused()
    {
        using var archive = Make("x.tar", ("a", "1"), ("a", "2"));
        (await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, "x.tar", _root.Path))).Message.ShouldContain(
            "'a'"
        );
    }

    [Fact]
    public async Task a_file_where_a_folder_must_be_is_refused()
    {
        using var archive = Make("x.tar", ("a", "1"), ("a/b", "2"));
        (await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, "x.tar", _root.Path))).Code.ShouldBe(
            Code.InvalidArgument
        );
    }

    [Fact]
    public async Task a_bomb_is_not_extracted_to_its_end()
    {
        using var archive = Make("bomb.tar.gz", ("zeros", new string('\0', 100_000_000)));

        var error = await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, "bomb.tar.gz", _root.Path));

        error.Message.ShouldContain("times its own size");
        new FileInfo(_root["zeros"]).Length.ShouldBeLessThan(80_000_000);
    }

    [Fact]
    public async Task limits_on_entries_and_bytes_hold()
    {
        using var archive = Make("x.zip", ("a", "12345"), ("b", "12345"), ("c", "12345"));

        (
            await Should.ThrowAsync<StatusException>(() =>
                ArchiveExtractor.ExtractAsync(archive, "x.zip", Sub("1"), new ArchiveLimits(MaxEntries: 2))
            )
        ).Message.ShouldContain("2 entries");
        archive.Position = 0;
        (
            await Should.ThrowAsync<StatusException>(() =>
                ArchiveExtractor.ExtractAsync(archive, "x.zip", Sub("2"), new ArchiveLimits(MaxBytes: 9))
            )
        ).Message.ShouldContain("9 bytes");
    }

    [Theory]
    [InlineData("x.tar.gz")]
    [InlineData("x.tar")]
    [InlineData("x.zip")]
    [InlineData("x.rar")]
    public async Task what_is_no_archive_is_refused_by_name(string name)
    {
        using var archive = new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 2000)));
        var error = await Should.ThrowAsync<StatusException>(() => ArchiveExtractor.ExtractAsync(archive, name, _root.Path));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(name);
    }

    [Fact]
    public async Task an_archive_cut_off_at_any_place_is_refused_or_gives_whole_files()
    {
        using var whole = Make("x.tar.gz", ("a", new string('a', 3000)), ("b", new string('b', 3000)));
        var bytes = whole.ToArray();
        for (var length = 0; length < bytes.Length; length += 7)
        {
            try
            {
                await ArchiveExtractor.ExtractAsync(new MemoryStream(bytes, 0, length), "x.tar.gz", Sub($"cut{length}"));
            }
            catch (StatusException error)
            {
                error.Code.ShouldBe(Code.InvalidArgument);
            }
        }
    }

    [Fact]
    public async Task the_executable_bit_is_kept_and_no_other()
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            const UnixFileMode all = (UnixFileMode)0b111_111_111_111;
            await writer.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, "run") { Mode = all, DataStream = new MemoryStream([1]) }
            );
        }

        archive.Position = 0;
        await ArchiveExtractor.ExtractAsync(archive, "x.tar", _root.Path);

        var mode = File.GetUnixFileMode(_root["run"]);
        (mode & UnixFileMode.UserExecute).ShouldNotBe(UnixFileMode.None);
        (mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit)).ShouldBe(UnixFileMode.None);
    }

    public void Dispose() => _root.Dispose();

    private string Sub(string name) => Directory.CreateDirectory(_root[name]).FullName;

    private static MemoryStream Make(string name, params (string Name, string Text)[] entries)
    {
        var archive = new MemoryStream();
        if (name.EndsWith("zip", StringComparison.Ordinal) || name.EndsWith("whl", StringComparison.Ordinal))
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (path, text) in entries)
            {
                using var content = zip.CreateEntry(path).Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        else
        {
            using var zipped = name.EndsWith("gz", StringComparison.Ordinal)
                ? new GZipStream(archive, CompressionMode.Compress, leaveOpen: true)
                : null;
            using var tar = new TarWriter(zipped ?? (Stream)archive, TarEntryFormat.Pax, leaveOpen: true);
            foreach (var (path, text) in entries)
            {
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }
                );
            }
        }

        return new MemoryStream(archive.ToArray());
    }
}
