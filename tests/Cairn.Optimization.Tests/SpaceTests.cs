using Cairn.Optimization.Designers;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Cairn.TestFunctions;

namespace Cairn.Optimization.Tests;

public sealed class SpaceTests
{
    [Theory]
    [InlineData(Scale.Linear, -3, 7)]
    [InlineData(Scale.Log, 1e-6, 10)]
    [InlineData(Scale.ReverseLog, 0.01, 1)]
    [InlineData(Scale.Linear, -1e308, 1e308)]
    [InlineData(Scale.Log, 1e-160, 1e160)]
    [InlineData(Scale.Log, 5e-324, 1.7e308)]
    public void a_scale_and_its_inverse_cancel(Scale scale, double min, double max)
    {
        var parameter = new DoubleParameter("x", min, max, scale);
        parameter.FromUnit(0).Number.ShouldBe(min);
        parameter.FromUnit(1).Number.ShouldBe(max);
        for (var u = 0.0; u <= 1; u += 0.01)
        {
            parameter.ToUnit(parameter.FromUnit(u)).ShouldBe(u, 1e-9);
            parameter.Contains(parameter.FromUnit(u)).ShouldBeTrue();
        }
    }

    [Fact]
    public void a_logarithmic_scale_spreads_its_low_end_and_the_reverse_its_high_end()
    {
        new DoubleParameter("x", 0.001, 1, Scale.Log).FromUnit(0.5).Number.ShouldBe(0.0316, 0.001);
        new DoubleParameter("x", 0.001, 1, Scale.ReverseLog).FromUnit(0.5).Number.ShouldBe(1.001 - 0.0316, 0.001);
    }

    [Fact]
    public void whole_numbers_are_equally_likely_at_the_ends_and_between()
    {
        var parameter = new IntegerParameter("n", 1, 4);
        var counts = Enumerable
            .Range(0, 4000)
            .GroupBy(i => parameter.FromQuantile(i / 4000.0).Number)
            .ToDictionary(static group => group.Key, static group => group.Count());
        counts.Count.ShouldBe(4);
        counts.Values.ShouldAllBe(static count => count == 1000);
        for (var n = 1; n <= 4; n++)
        {
            parameter.FromUnit(parameter.ToUnit(n)).Number.ShouldBe(n);
        }
    }

    [Fact]
    public void the_centre_is_the_default_where_there_is_one()
    {
        new DoubleParameter("x", 0, 10).Centre.Number.ShouldBe(5);
        new DoubleParameter("x", 0, 10, start: 2).Centre.Number.ShouldBe(2);
        new DoubleParameter("x", 1, 100, Scale.Log).Centre.Number.ShouldBe(10, 1e-9);
        new CategoricalParameter("c", ["a", "b"], "b").Centre.Text.ShouldBe("b");
        new DiscreteParameter("d", [1, 2, 4], start: 3.9).Centre.Number.ShouldBe(4);
    }

    [Theory]
    [InlineData("minimum", 2.0, 1.0, Scale.Linear)]
    [InlineData("finite", double.NaN, 1.0, Scale.Linear)]
    [InlineData("finite", 0.0, double.PositiveInfinity, Scale.Linear)]
    [InlineData("positive", 0.0, 1.0, Scale.Log)]
    public void a_range_that_cannot_be_searched_is_refused(string word, double min, double max, Scale scale) =>
        Should.Throw<ArgumentException>(() => new DoubleParameter("x", min, max, scale)).Message.ShouldContain(word);

    [Fact]
    public void ids_are_unique_except_under_different_values_of_one_parent()
    {
        Should
            .Throw<ArgumentException>(() => new SearchSpace([new DoubleParameter("x", 0, 1), new DoubleParameter("x", 0, 1)]))
            .Message.ShouldContain("twice");
        Parameter Model(params ParameterChild[] children) => new CategoricalParameter("model", ["a", "b"]) { Children = children };
        var space = new SearchSpace([
            Model(new ParameterChild(new DoubleParameter("lr", 0, 1), ["a"]), new ParameterChild(new DoubleParameter("lr", 2, 3), ["b"])),
        ]);
        space.Reject(new Dictionary<string, ParameterValue> { ["model"] = "b", ["lr"] = 2.5 }).ShouldBeNull();
        space.Reject(new Dictionary<string, ParameterValue> { ["model"] = "b", ["lr"] = 0.5 }).ShouldNotBeNull();
        Should.Throw<ArgumentException>(() =>
            new SearchSpace([
                Model(
                    new ParameterChild(new DoubleParameter("lr", 0, 1), ["a"]),
                    new ParameterChild(new DoubleParameter("lr", 2, 3), ["a", "b"])
                ),
            ])
        );
    }

    [Fact]
    public void an_assignment_is_checked_against_the_conditions()
    {
        var space = TrainingFunctions.Conditional.Space;
        space.Reject(new Dictionary<string, ParameterValue> { ["model"] = "linear", ["alpha"] = 0.1 }).ShouldBeNull();
        space.Reject(new Dictionary<string, ParameterValue> { ["model"] = "linear" })!.ShouldContain("alpha");
        space
            .Reject(
                new Dictionary<string, ParameterValue>
                {
                    ["model"] = "linear",
                    ["alpha"] = 0.1,
                    ["eta"] = 0.1,
                }
            )!
            .ShouldContain("eta");
        space.Reject(new Dictionary<string, ParameterValue> { ["model"] = "linear", ["alpha"] = 100 })!.ShouldContain("100");
    }

    [Fact]
    public void points_and_assignments_are_the_same_thing()
    {
        var random = new SeededRandom(7);
        foreach (var space in new[] { TrainingFunctions.Conditional.Space, TrainingFunctions.Mixed.Space })
        {
            for (var i = 0; i < 500; i++)
            {
                var assignment = space.Decode(space.Sample(random));
                space.Reject(assignment).ShouldBeNull();
                var again = space.Decode(space.Encode(assignment));
                again.Keys.ShouldBe(assignment.Keys, ignoreOrder: true);
                foreach (var (id, value) in assignment)
                {
                    again[id].Text.ShouldBe(value.Text);
                    again[id].Number.ShouldBe(value.Number, 1e-12 + (1e-9 * Math.Abs(value.Number)));
                }
            }
        }
    }

    [Fact]
    public void a_grid_visits_every_combination_once_and_ends()
    {
        var space = new SearchSpace([
            new CategoricalParameter("model", ["a", "b"])
            {
                Children =
                [
                    new ParameterChild(new IntegerParameter("depth", 1, 3), ["b"]),
                    new ParameterChild(new DoubleParameter("eta", 0, 1), ["b"]),
                ],
            },
            new DiscreteParameter("width", [1, 2]),
        ]);
        var grid = new GridDesigner(Resolution: 4);
        grid.Size(space).ShouldBe((1 + (3 * 4)) * 2);
        var problem = new Problem(space, [new Metric("y", Goal.Maximize)]);
        var points = grid.Suggest(new SuggestRequest(problem, [], 0, 100));
        points.Count.ShouldBe(26);
        points.ShouldAllBe(point => space.Reject(point) == null);
        points.Select(static point => string.Join(',', point.OrderBy(static pair => pair.Key))).Distinct().Count().ShouldBe(26);
        grid.Suggest(new SuggestRequest(problem, [], 20, 100)).Count.ShouldBe(6);
    }

    [Fact]
    public void a_halton_sequence_covers_evenly_in_many_dimensions()
    {
        var sequence = new Halton(50, 3);
        foreach (var dimension in new[] { 0, 1, 20, 49 })
        {
            var cells = Enumerable
                .Range(0, 1000)
                .GroupBy(i => (int)(10 * sequence.At(i, dimension)))
                .Select(static group => group.Count())
                .ToList();
            cells.Count.ShouldBe(10);
            cells.ShouldAllBe(static count => count >= 80 && count <= 120);
        }
    }
}
