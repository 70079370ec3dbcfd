using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Jobs;

namespace Cairn.Tracking.Tests.Runs.Jobs;

public sealed class JobArgumentsTests
{
    [Fact]
    public void options_are_read_however_their_values_are_given() =>
        JobArguments
            .Read([
                "train",
                "--lr=0.1",
                "--epochs",
                "5",
                "--layers",
                "64",
                "32",
                "--shift",
                "-0.5",
                "-v",
                "--name=a=b",
                "--data",
                "gs://b/o",
                "--empty=",
            ])
            .ShouldBe([
                new Param("lr", "0.1", true),
                new Param("epochs", "5", true),
                new Param("layers", "64 32"),
                new Param("shift", "-0.5", true),
                new Param("v", "true"),
                new Param("name", "a=b"),
                new Param("data", "gs://b/o"),
                new Param("empty", ""),
            ]);

    [Fact]
    public void an_option_that_is_repeated_has_all_its_values() =>
        JobArguments.Read(["--tag", "a", "--tag=b"]).ShouldBe([new Param("tag", "a b")]);

    [Fact]
    public void what_follows_two_hyphens_is_no_option() =>
        JobArguments.Read(["--lr", "1", "--", "--not", "2"]).ShouldBe([new Param("lr", "1", true)]);

    [Fact]
    public void secrets_are_left_out_and_words_that_look_like_them_are_not() =>
        JobArguments
            .Read(["--db-password", "x", "--api_key=y", "--token", "z", "--tokenizer", "bert", "--monkey", "1", "--key", "k"])
            .Select(static param => param.Key)
            .ShouldBe(["tokenizer", "monkey", "key"]);

    [Fact]
    public void names_that_no_parameter_may_have_are_left_out_and_long_values_are_cut() =>
        JobArguments
            .Read(["--a\u0001b", "1", "--" + new string('n', 300), "2", "--long", new string('v', 7_000), "--=3"])
            .ShouldHaveSingleItem()
            .ShouldBe(new Param("long", new string('v', RunFields.MaxParamValue)));
}
