using System.Formats.Tar;
using System.IO.Compression;
using Cairn.Cli.Quickstart;

namespace Cairn.Cli.Tests;

public sealed class SourceDistributionTests
{
    [Fact]
    public void it_has_one_folder_with_metadata_and_every_source()
    {
        var bytes = SourceDistribution.Pack(SampleFiles.Project, "penguins", "0.1.0");
        var names = new List<string>();
        using var tar = new TarReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        names.ShouldBe(
            [
                "penguins-0.1.0/PKG-INFO",
                "penguins-0.1.0/penguins/__init__.py",
                "penguins-0.1.0/penguins/data.py",
                "penguins-0.1.0/penguins/task.py",
                "penguins-0.1.0/setup.py",
            ],
            ignoreOrder: true
        );
    }

    [Fact]
    public void the_same_sources_give_the_same_bytes() =>
        SourceDistribution
            .Pack(SampleFiles.Project, "penguins", "0.1.0")
            .ShouldBe(SourceDistribution.Pack(SampleFiles.Project, "penguins", "0.1.0"));
}
