using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;
using FsCheck;
using FsCheck.Fluent;
using Google.Rpc;

namespace Cairn.Data.Tests.Files;

public sealed class PathGateTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public static TheoryData<string> Forbidden =>
        [
            "",
            "/",
            "//",
            ".",
            "..",
            "../",
            "./",
            "/etc/passwd",
            "//server/share",
            "../x",
            "a/..",
            "a/../b",
            "a/../../b",
            "./a",
            "a/./b",
            "a//b",
            "a/b//",
            "\\",
            "..\\x",
            "a\\..\\b",
            "\\\\server\\share",
            "\\\\?\\C:\\x",
            "C:",
            "C:/x",
            "C:\\x",
            "c:x",
            "a:b",
            "a\0b",
            "\0",
            "a\nb",
            "a\rb",
            "a\tb",
            "a\u007fb",
            "a\u0085b",
            "\u001b[2J",
            "a/" + "../../../../../../../../etc/passwd",
            "....//../x",
        ];

    // Nothing is decoded on the way, so these are names like any other.
    public static TheoryData<string> Plain =>
        [
            "a",
            "a/b",
            "a/b/",
            "...",
            "....",
            "..a",
            "a..",
            ".hidden",
            "a/...",
            "%2e%2e",
            "%2e%2e%2f",
            "..%2f",
            "%252e%252e%252f",
            "%00",
            "%5c",
            "..;",
            "..;/x",
            "a;b",
            "a#b",
            "a?b",
            "a&b=c",
            "a b",
            " ",
            "~",
            "~root",
            "$HOME",
            "`id`",
            "$(id)",
            "|",
            "*",
            "-rf",
            "--",
            "ünï",
            "模型",
            "🦜",
            "..\u2215x",
            "．．",
            "ab:c",
            "CON",
            "nul.txt",
            "a\u202eb",
        ];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void a_name_that_could_leave_the_folder_is_refused(string name)
    {
        Should.Throw<StatusException>(() => PathGate.Join(_root.Path, name)).Code.ShouldBe(Code.InvalidArgument);
        PathGate.IsRepresentable(name).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public void a_plain_name_stays_below_the_folder_and_can_be_written(string name)
    {
        var path = PathGate.Join(_root.Path, name);

        path.ShouldStartWith(_root.Path + "/");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        Directory.GetFiles(_root.Path, "*", SearchOption.AllDirectories).ShouldBe([path]);
    }

    [Fact]
    public void components_have_at_most_255_bytes_of_utf8()
    {
        PathGate.IsRepresentable(new string('a', 255)).ShouldBeTrue();
        PathGate.IsRepresentable(new string('a', 256)).ShouldBeFalse();
        PathGate.IsRepresentable(new string('€', 85)).ShouldBeTrue();
        PathGate.IsRepresentable(new string('€', 86)).ShouldBeFalse();
    }

    [Fact]
    public void half_a_surrogate_pair_is_refused() => PathGate.IsRepresentable("a\ud800").ShouldBeFalse();

    [Theory]
    [InlineData("link/file")]
    [InlineData("link")]
    [InlineData("dangling")]
    [InlineData("a/inner/x/y")]
    public void a_link_on_the_way_is_refused_wherever_it_points(string name)
    {
        Directory.CreateSymbolicLink(_root["link"], "/tmp");
        File.CreateSymbolicLink(_root["dangling"], "/no/such/file");
        Directory.CreateDirectory(_root["a"]);
        Directory.CreateSymbolicLink(_root["a/inner"], _root.Path);

        Should.Throw<StatusException>(() => PathGate.Join(_root.Path, name)).Message.ShouldContain("link");
    }

    [Fact]
    public void whatever_the_name_it_stays_below_the_folder_or_is_refused()
    {
        var pieces = Gen.Elements(
            "..",
            ".",
            "/",
            "\\",
            "a",
            "%2e%2e",
            "%2f",
            "\0",
            ";",
            "#",
            "C:",
            "~",
            " ",
            "..",
            "//",
            "é",
            "\n",
            "\ud83e"
        );
        var names = pieces.ArrayOf().Select(string.Concat);

        Prop.ForAll(names.ToArbitrary(), StaysBelow).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Prop.ForAll<string>(name => name is null || StaysBelow(name)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    public void Dispose() => _root.Dispose();

    private bool StaysBelow(string name)
    {
        try
        {
            var path = PathGate.Join(_root.Path, name);
            return path.StartsWith(_root.Path + "/", StringComparison.Ordinal)
                && Path.GetFullPath(path) == path
                && PathGate.IsRepresentable(name);
        }
        catch (StatusException error)
        {
            return error.Code == Code.InvalidArgument && !PathGate.IsRepresentable(name);
        }
    }
}
