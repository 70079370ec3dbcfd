using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Tests.Splits;

public sealed class SplitFractionsTests
{
    [Theory]
    [InlineData(0, 0, 0, 0.8, 0.1, 0.1)]
    [InlineData(0.6, 0.2, 0.2, 0.6, 0.2, 0.2)]
    [InlineData(0.8, 0.2, 0, 0.8, 0.2, 0)]
    [InlineData(1, 0, 0, 1, 0, 0)]
    [InlineData(0.7, 0, 0, 0.7, 0.15, 0.15)]
    [InlineData(0, 0, 0.5, 0.5 * 8 / 9, 0.5 / 9, 0.5)]
    [InlineData(0.5, 0.2, 0.2, 0.6, 0.2, 0.2)]
    public void what_is_missing_goes_to_the_sets_that_were_not_given(
        double training,
        double validation,
        double test,
        double first,
        double second,
        double third
    )
    {
        var fractions = SplitFractions.From(training, validation, test, "split");
        fractions.Training.ShouldBe(first, 1e-9);
        fractions.Validation.ShouldBe(second, 1e-9);
        fractions.Test.ShouldBe(third, 1e-9);
    }

    [Theory]
    [InlineData(0.8, 0.2, 0.2, "sums to 1.2")]
    [InlineData(-0.1, 0, 0, "training_fraction")]
    [InlineData(0, double.NaN, 0, "validation_fraction")]
    [InlineData(0, 0, 1.5, "test_fraction")]
    public void what_is_no_split_is_refused(double training, double validation, double test, string word) =>
        Should.Throw<StatusException>(() => SplitFractions.From(training, validation, test, "split")).Message.ShouldContain(word);
}
