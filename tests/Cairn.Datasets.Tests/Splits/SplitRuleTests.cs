using System.Globalization;
using System.Text;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Tests.Splits;

public sealed class SplitRuleTests
{
    /// <summary>Above this many standard deviations chance is to blame once in 300 million times.</summary>
    private const double Sigmas = 6;

    private readonly int _seed = Environment.TickCount;

    [Fact]
    public void rows_are_split_in_the_proportions_asked_for()
    {
        var rows = Rows(100_000);
        var sets = Split(new FractionRule(new SplitFractions(0.7, 0.2, 0.1)), rows);
        foreach (var (set, share) in ((SplitSet, double)[])[(SplitSet.Training, 0.7), (SplitSet.Validation, 0.2), (SplitSet.Test, 0.1)])
        {
            var deviation = Math.Sqrt(rows.Count * share * (1 - share));
            ((double)sets.Values.Count(s => s == set)).ShouldBe(rows.Count * share, Sigmas * deviation, $"seed {_seed}");
        }
    }

    [Fact]
    public void a_row_stays_where_it_is_whatever_comes_goes_or_moves()
    {
        var rows = Rows(5_000);
        var before = Split(new FractionRule(SplitFractions.Default), rows);
        var random = new Random(_seed);
        List<Row> changed = [.. rows.Where(_ => random.Next(3) > 0), .. Rows(5_000, "more")];
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changed));
        var after = Split(new FractionRule(SplitFractions.Default), changed);
        foreach (var row in changed.Where(row => before.ContainsKey(row.Text)))
        {
            after[row.Text].ShouldBe(before[row.Text], $"{row.Text}, seed {_seed}");
        }
    }

    [Fact]
    public void a_larger_training_share_takes_rows_and_gives_none_back()
    {
        var rows = Rows(5_000);
        var small = Split(new FractionRule(new SplitFractions(0.5, 0.25, 0.25)), rows);
        var large = Split(new FractionRule(new SplitFractions(0.6, 0.2, 0.2)), rows);
        rows.Where(row => small[row.Text] == SplitSet.Training).ShouldAllBe(row => large[row.Text] == SplitSet.Training);
    }

    /// <summary>
    /// Rows that differ in little else but their label: chi-square of label against set, 2 x 3 cells, 2 degrees of freedom; above 27.6 once
    /// in a million times.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void the_split_does_not_depend_on_the_label(int classes)
    {
        const int count = 60_000;
        var rule = new FractionRule(SplitFractions.Default);
        var table = new double[classes, 3];
        for (var i = 0; i < count; i++)
        {
            var label = i % classes;
            table[label, (int)rule.Assign(FarmFingerprint.Of($"{i / classes}\u001f{label}"))]++;
        }

        double chi = 0;
        for (var set = 0; set < 3; set++)
        {
            var column = Enumerable.Range(0, classes).Sum(label => table[label, set]);
            for (var label = 0; label < classes; label++)
            {
                var expected = column / classes;
                chi += Math.Pow(table[label, set] - expected, 2) / expected;
            }
        }

        // Quantile 1 - 10^-6 of chi-square with 2 and with 18 degrees of freedom.
        chi.ShouldBeLessThan(classes == 2 ? 27.7 : 62.2);
    }

    [Theory]
    [InlineData("training", SplitSet.Training)]
    [InlineData("TRAIN", SplitSet.Training)]
    [InlineData("Validation", SplitSet.Validation)]
    [InlineData("VALIDATE", SplitSet.Validation)]
    [InlineData(" test ", SplitSet.Test)]
    [InlineData("UNASSIGNED", null)]
    [InlineData("", null)]
    public void a_column_says_where_a_row_goes(string value, SplitSet? expected) =>
        new PredefinedRule("use").Assign(Encoding.UTF8.GetBytes(value), 1).ShouldBe(expected);

    [Fact]
    public void a_column_that_says_something_else_is_refused() =>
        Should
            .Throw<StatusException>(() => new PredefinedRule("use").Assign("holdout"u8, 1))
            .Message.ShouldBe(
                "The column 'use' has 'holdout'; it must be training, validation or test, or empty where the row is to be left out."
            );

    [Fact]
    public void the_oldest_rows_are_for_training_and_the_newest_for_the_test()
    {
        var begin = new DateTimeOffset(2024, 2, 28, 23, 0, 0, TimeSpan.Zero);
        List<Row> rows =
        [
            .. Enumerable
                .Range(0, 1_000)
                .Select(i => new Row(
                    $"row {i}",
                    begin
                        .AddMinutes(i * 7)
                        .ToString(
                            i % 2 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'",
                            CultureInfo.InvariantCulture
                        )
                )),
        ];
        var sets = Split(new TimestampRule("at", SplitFractions.Default), Shuffle(rows));
        for (var i = 0; i < rows.Count; i++)
        {
            sets[rows[i].Text]
                .ShouldBe(
                    i < 800 ? SplitSet.Training
                    : i < 900 ? SplitSet.Validation
                    : SplitSet.Test
                );
        }
    }

    [Fact]
    public void rows_of_one_time_are_split_in_the_proportions_asked_for()
    {
        List<Row> rows = [.. Enumerable.Range(0, 1_000).Select(static i => new Row($"row {i}", "2024-02-29T00:00:00Z"))];
        var sets = Split(new TimestampRule("at", SplitFractions.Default), rows);
        sets.Values.Count(static set => set == SplitSet.Training).ShouldBe(800);
        sets.Values.Count(static set => set == SplitSet.Validation).ShouldBe(100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-02-30T00:00:00Z")]
    [InlineData("02/03/2024 00:00:00 Z")]
    [InlineData("2024-02-03T00:00:00")]
    [InlineData("1706918400")]
    public void what_is_no_time_is_left_out(string value)
    {
        var rule = new TimestampRule("at", SplitFractions.Default);
        rule.Survey("2024-02-29T00:00:00Z"u8, 1);
        rule.Survey(Encoding.UTF8.GetBytes(value), 2);
        rule.EndSurvey();
        rule.Assign(Encoding.UTF8.GetBytes(value), 2).ShouldBeNull();
        rule.Assign("2024-02-29T00:00:00Z"u8, 1).ShouldNotBeNull();
    }

    [Fact]
    public void a_table_without_times_cannot_be_split_by_time() =>
        Should
            .Throw<StatusException>(() => new TimestampRule("at", SplitFractions.Default).EndSurvey())
            .Message.ShouldContain("No row has a time in the column 'at'");

    [Fact]
    public void every_value_has_its_share_in_every_set()
    {
        List<Row> rows =
        [
            .. Rows(970).Select(static row => row with { Value = "common" }),
            .. Rows(30, "rare").Select(static row => row with { Value = "rare" }),
        ];
        var sets = Split(new StratifiedRule("label", SplitFractions.Default), Shuffle(rows));
        Count("common", SplitSet.Training).ShouldBe(776);
        Count("common", SplitSet.Validation).ShouldBe(97);
        Count("rare", SplitSet.Training).ShouldBe(24);
        Count("rare", SplitSet.Validation).ShouldBe(3);
        Count("rare", SplitSet.Test).ShouldBe(3);

        int Count(string value, SplitSet set) => rows.Count(row => row.Value == value && sets[row.Text] == set);
    }

    [Fact]
    public void values_of_fewer_than_three_rows_and_beyond_the_five_hundredth_are_split_by_the_fingerprint()
    {
        var fingerprint = new FractionRule(SplitFractions.Default);
        List<Row> rows =
        [
            .. Enumerable
                .Range(0, 600)
                .SelectMany(static i => Enumerable.Range(0, i < 500 ? 10 : 5).Select(j => new Row($"{i} {j}", $"v{i}"))),
            new Row("single", "lonely"),
        ];
        var sets = Split(new StratifiedRule("label", SplitFractions.Default), Shuffle(rows));
        foreach (
            var row in rows.Where(static row => row.Value == "lonely" || int.Parse(row.Value[1..], CultureInfo.InvariantCulture) >= 500)
        )
        {
            sets[row.Text].ShouldBe(fingerprint.Assign(FarmFingerprint.Of(row.Text)));
        }

        rows.Where(static row => row.Value == "v7").Count(row => sets[row.Text] == SplitSet.Training).ShouldBe(8);
    }

    private List<Row> Rows(int count, string prefix = "row") =>
        [.. Enumerable.Range(0, count).Select(i => new Row($"{prefix} {i} of {_seed}", ""))];

    private List<Row> Shuffle(List<Row> rows)
    {
        var shuffled = rows.ToArray();
        new Random(_seed).Shuffle(shuffled);
        return [.. shuffled];
    }

    private static Dictionary<string, SplitSet> Split(ISplitRule rule, List<Row> rows)
    {
        if (rule.Surveys)
        {
            rows.ForEach(row => rule.Survey(Encoding.UTF8.GetBytes(row.Value), FarmFingerprint.Of(row.Text)));
            rule.EndSurvey();
        }

        return rows.ToDictionary(
            static row => row.Text,
            row => rule.Assign(Encoding.UTF8.GetBytes(row.Value), FarmFingerprint.Of(row.Text))!.Value
        );
    }

    private sealed record Row(string Text, string Value);
}
