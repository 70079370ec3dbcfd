using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Kernel.Tests.Names;

public sealed class NamePatternTests
{
    private static readonly NamePattern Model = new("projects/PROJECT/locations/LOCATION/models/MODEL");

    [Fact]
    public void what_stands_for_the_words_in_capitals_is_found() =>
        Model.Parse("projects/p/locations/us-central1/models/a@1", "name").ShouldBe(["p", "us-central1", "a@1"]);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("projects/p/locations/l/models")]
    [InlineData("projects/p/locations/l/models/")]
    [InlineData("projects/p/locations/l/models/m/")]
    [InlineData("projects/p/locations/l/models/m/versions/1")]
    [InlineData("/projects/p/locations/l/models/m")]
    [InlineData("projects//locations/l/models/m")]
    [InlineData("projects/p/locations/l/endpoints/m")]
    [InlineData("Projects/p/locations/l/models/m")]
    public void another_form_is_refused_with_the_form_that_there_is(string text)
    {
        Model.Match(text).ShouldBeNull();
        Should
            .Throw<StatusException>(() => Model.Parse(text, "model.name"))
            .Message.ShouldBe($"`model.name` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/models/MODEL.");
    }

    [Fact]
    public void a_word_in_capitals_may_have_a_line_below()
    {
        var series = new NamePattern("runs/RUN/timeSeries/TIME_SERIES");
        series.Match("runs/a/timeSeries/b").ShouldBe(["a", "b"]);
        series.Match("runs/a/TIMESERIES/b").ShouldBeNull();
    }
}
