using Cairn.Cli.Commands.Storage;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests;

public sealed class StorageAddressTests
{
    [Theory]
    [InlineData("gs://b/a*", "ab", true)]
    [InlineData("gs://b/a*", "a/b", false)]
    [InlineData("gs://b/a**", "a/b/c", true)]
    [InlineData("gs://b/?.txt", "x.txt", true)]
    [InlineData("gs://b/?.txt", "/.txt", false)]
    [InlineData("gs://b/(a).*", "(a).x", true)]
    [InlineData("gs://b/(a).*", "a.x", false)]
    public void wildcards_stay_within_a_folder_unless_doubled(string address, string name, bool matches) =>
        GsAddress.Parse(address).Matches(name).ShouldBe(matches);

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    public void an_object_whose_name_leads_out_of_the_folder_is_refused(string name) =>
        Should.Throw<CliException>(() => LocalPaths.Below("/tmp/folder", name)).Message.ShouldContain("cannot be a file");

    [Fact]
    public void an_object_below_a_prefix_keeps_its_place() =>
        LocalPaths.Below("out", "a/b.txt").ShouldBe(Path.Combine("out", "a", "b.txt"));
}
