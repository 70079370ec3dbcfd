using System.Security.Cryptography;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class StorageTests(OpenServer server) : IClassFixture<OpenServer>
{
    [Fact]
    public async Task a_file_goes_up_and_comes_back_as_it_was()
    {
        using var scratch = new ScratchDirectory();
        await MakeBucketAsync("roundtrip");
        var bytes = RandomNumberGenerator.GetBytes(5_000_000);
        await File.WriteAllBytesAsync(scratch["big"], bytes);

        (await server.CairnAsync("storage", "cp", scratch["big"], "gs://roundtrip/a/big")).ShouldWork();
        (await server.CairnAsync("storage", "cp", "gs://roundtrip/a/big", scratch["back"])).ShouldWork();

        (await File.ReadAllBytesAsync(scratch["back"])).ShouldBe(bytes);
        Directory.GetFiles(scratch.Path).Length.ShouldBe(2);
    }

    [Fact]
    public async Task an_empty_file_is_an_empty_object()
    {
        using var scratch = new ScratchDirectory();
        await MakeBucketAsync("nothing");
        await File.WriteAllBytesAsync(scratch["empty"], []);

        (await server.CairnAsync("storage", "cp", scratch["empty"], "gs://nothing/")).ShouldWork();

        (await server.CairnAsync("storage", "cat", "gs://nothing/empty")).ShouldWork().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_folder_goes_up_and_comes_down_with_everything_in_it()
    {
        using var scratch = new ScratchDirectory();
        await MakeBucketAsync("folders");
        foreach (var name in (string[])["d/a.txt", "d/e/b.txt", "d/e/ü #?%.txt"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(scratch[name])!);
            await File.WriteAllTextAsync(scratch[name], name);
        }

        (await server.CairnAsync("storage", "cp", scratch["d"], "gs://folders/")).Code.ShouldBe(2);
        (await server.CairnAsync("storage", "cp", "-r", scratch["d"], "gs://folders/")).ShouldWork();
        (await server.CairnAsync("storage", "ls", "gs://folders/d")).ShouldWork().ShouldBe("gs://folders/d/\n");
        (await server.CairnAsync("storage", "ls", "-r", "gs://folders/")).ShouldWork().Trim().Split('\n').Length.ShouldBe(3);
        (await server.CairnAsync("storage", "cp", "-r", "gs://folders/d", scratch["down"])).ShouldWork();

        (await File.ReadAllTextAsync(scratch["down/d/e/ü #?%.txt"])).ShouldBe("d/e/ü #?%.txt");
        Directory.GetFiles(scratch["down"], "*", SearchOption.AllDirectories).Length.ShouldBe(3);
    }

    [Fact]
    public async Task objects_are_copied_and_removed_by_pattern()
    {
        using var scratch = new ScratchDirectory();
        await MakeBucketAsync("patterns");
        foreach (var name in (string[])["x1.csv", "x2.csv", "y.csv"])
        {
            await File.WriteAllTextAsync(scratch[name], name);
        }

        (await server.CairnAsync("storage", "cp", scratch["x1.csv"], scratch["x2.csv"], scratch["y.csv"], "gs://patterns")).ShouldWork();
        (await server.CairnAsync("storage", "cp", "gs://patterns/x*.csv", "gs://patterns/copy/")).ShouldWork();
        (await server.CairnAsync("storage", "ls", "gs://patterns/copy/"))
            .ShouldWork()
            .ShouldBe("gs://patterns/copy/x1.csv\ngs://patterns/copy/x2.csv\n");
        (await server.CairnAsync("storage", "rm", "gs://patterns/x?.csv")).ShouldWork();
        (await server.CairnAsync("storage", "ls", "gs://patterns"))
            .ShouldWork()
            .Split('\n')
            .ShouldBe(["gs://patterns/copy/", "gs://patterns/y.csv", ""], ignoreOrder: true);
        (await server.CairnAsync("storage", "rb", "gs://patterns")).Code.ShouldBe(1);
        (await server.CairnAsync("storage", "rm", "-r", "gs://patterns")).ShouldWork();
        (await server.CairnAsync("storage", "rb", "gs://patterns")).ShouldWork();
    }

    [Fact]
    public async Task an_object_whose_name_climbs_is_not_written_outside_the_folder()
    {
        using var scratch = new ScratchDirectory();
        await MakeBucketAsync("climbing");
        await File.WriteAllTextAsync(scratch["f"], "x");

        (await server.CairnAsync("storage", "cp", scratch["f"], "gs://climbing/a/../../../escaped")).ShouldWork();

        (await server.CairnAsync("storage", "cp", "-r", "gs://climbing/a", scratch["deep/er"])).ShouldFail("escaped");
        File.Exists(scratch["escaped"]).ShouldBeFalse();
    }

    [Fact]
    public async Task what_is_missing_is_told()
    {
        await MakeBucketAsync("missing");

        (await server.CairnAsync("storage", "cat", "gs://missing/none")).ShouldFail("gs://missing/none");
        (await server.CairnAsync("storage", "ls", "gs://no-such-bucket")).ShouldFail("no-such-bucket");
        (await server.CairnAsync("storage", "mb", "gs://missing")).ShouldFail("missing");
    }

    private async Task MakeBucketAsync(string name) => (await server.CairnAsync("storage", "mb", $"gs://{name}")).ShouldWork();
}
