using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Cairn.TestFunctions;

namespace Cairn.Optimization.Tests;

/// <summary>What every algorithm must keep, whatever the study looks like.</summary>
public sealed class DesignerTests
{
    public static TheoryData<string> Names => [.. DesignerCatalog.All.Select(static designer => designer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void every_suggestion_is_a_point_of_the_space(string name)
    {
        var designer = DesignerCatalog.Find(name)!;
        foreach (var function in new[] { Functions.Branin, TrainingFunctions.Mixed, TrainingFunctions.Conditional })
        {
            foreach (var trial in Run.Trials(designer, function, seed: 1, trials: 30, batch: 3))
            {
                function.Space.Reject(trial.Parameters).ShouldBeNull();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void the_same_study_gets_the_same_suggestions(string name)
    {
        var designer = DesignerCatalog.Find(name)!;
        static string Text(IEnumerable<Trial> trials) =>
            string.Join(';', trials.Select(static trial => string.Join(',', trial.Parameters.OrderBy(static pair => pair.Key))));
        var first = Text(Run.Trials(designer, TrainingFunctions.Mixed, seed: 5, trials: 20));
        Text(Run.Trials(designer, TrainingFunctions.Mixed, seed: 5, trials: 20)).ShouldBe(first);
        if (name is not ("grid" or "gp-bandit"))
        {
            Text(Run.Trials(designer, TrainingFunctions.Mixed, seed: 6, trials: 20)).ShouldNotBe(first);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void pinned_parameters_keep_their_value(string name)
    {
        var designer = DesignerCatalog.Find(name)!;
        var function = TrainingFunctions.Conditional;
        var problem = new Problem(function.Space, [new Metric("loss", Goal.Minimize)]);
        var trials = Run.Trials(designer, function, seed: 1, trials: 20);
        var request = new SuggestRequest(problem, trials, 20, 3)
        {
            Pinned = new Dictionary<string, ParameterValue> { ["model"] = "net", ["dropout"] = 0.3 },
        };
        var points = designer.Suggest(request);
        points.Count.ShouldBe(3);
        foreach (var point in points)
        {
            point["model"].Text.ShouldBe("net");
            point["dropout"].Number.ShouldBe(0.3, 1e-12);
            function.Space.Reject(point).ShouldBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void nothing_a_study_can_hold_stops_it(string name)
    {
        var designer = DesignerCatalog.Find(name)!;
        var space = Functions.Branin.Space;
        var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]);
        var duplicate = new Dictionary<string, ParameterValue> { ["x0"] = 1, ["x1"] = 1 };
        Trial At(int id, double loss) => Run.Completed(id, duplicate, loss);
        Trial[][] studies =
        [
            // A constant objective, at points that are all the same.
            [.. Enumerable.Range(1, 60).Select(id => At(id, 3))],
            // The same point with different values.
            [.. Enumerable.Range(1, 60).Select(id => At(id, id))],
            // Nothing that could be measured.
            [.. Enumerable.Range(1, 60).Select(id => At(id, double.NaN))],
            [.. Enumerable.Range(1, 60).Select(id => new Trial(id, duplicate, TrialState.Infeasible))],
            // Values at the ends of what a double holds, infinities, and trials that still run.
            [
                .. Enumerable
                    .Range(1, 60)
                    .Select(id =>
                        id % 4 == 0
                            ? new Trial(id, duplicate, TrialState.Active)
                            : At(
                                id,
                                id % 4 == 1 ? double.NegativeInfinity
                                    : id % 4 == 2 ? 1e308
                                    : -1e308
                            )
                    ),
            ],
        ];
        foreach (var trials in studies)
        {
            var points = designer.Suggest(new SuggestRequest(problem, trials, trials.Length, 2));
            points.Count.ShouldBe(2);
            points.ShouldAllBe(point => space.Reject(point) == null);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void one_dimension_and_fifty_are_searched(string name)
    {
        var designer = DesignerCatalog.Find(name)!;
        var line = Run.Trials(designer, Functions.Sphere(1), seed: 2, trials: 25);
        line.Min(static trial => trial.Final!.Values["loss"]).ShouldBeLessThan(1);
        Run.Trials(designer, Functions.Sphere(50), seed: 2, trials: 12).Count.ShouldBe(12);
    }

    [Fact]
    public void a_space_of_one_point_is_searched()
    {
        var space = new SearchSpace([new DoubleParameter("x", 2, 2), new CategoricalParameter("c", ["only"])]);
        foreach (var designer in DesignerCatalog.All)
        {
            var function = new TestFunction("point", space, 0, static (_, _) => 1);
            Run.Trials(designer, function, 1, trials: 1)[0].Parameters["x"].Number.ShouldBe(2);
        }
    }

    [Fact]
    public void the_bandit_begins_at_the_centre_or_the_defaults()
    {
        var space = new SearchSpace([new DoubleParameter("x", 0, 10), new DoubleParameter("y", 0, 10, start: 2)]);
        var point = new GaussianProcessBanditDesigner().Suggest(
            new SuggestRequest(new Problem(space, [new Metric("m", Goal.Maximize)]), [], 0, 1)
        )[0];
        (point["x"].Number, point["y"].Number).ShouldBe((5, 2));
    }

    [Fact]
    public void a_study_without_noise_never_repeats_a_point_and_ends_with_its_space()
    {
        var space = new SearchSpace([new IntegerParameter("a", 1, 3), new CategoricalParameter("b", ["x", "y"])]);
        var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]) { Noise = Noise.Low };
        var trials = new List<Trial>();
        for (var i = 0; i < 6; i++)
        {
            var point = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, trials, i, 1)).ShouldHaveSingleItem();
            trials.Add(Run.Completed(i + 1, point, point["a"].Number));
        }

        trials.Select(static trial => (trial.Parameters["a"].Number, trial.Parameters["b"].Text)).Distinct().Count().ShouldBe(6);
        new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, trials, 6, 1)).ShouldBeEmpty();
    }

    [Fact]
    public void a_batch_spreads_and_keeps_away_from_pending_points()
    {
        var problem = new Problem(Functions.Branin.Space, [new Metric("loss", Goal.Minimize)]);
        var trials = Run.Trials(new GaussianProcessBanditDesigner(), Functions.Branin, seed: 1, trials: 12);
        var batch = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, trials, 12, 8));
        List<IReadOnlyDictionary<string, ParameterValue>> points = [.. batch];
        var active = batch.Select(static (point, i) => new Trial(13 + i, point, TrialState.Active));
        points.AddRange(new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, [.. trials, .. active], 20, 2)));
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance =
                    Math.Max(
                        Math.Abs(points[i]["x0"].Number - points[j]["x0"].Number),
                        Math.Abs(points[i]["x1"].Number - points[j]["x1"].Number)
                    ) / 15;
                distance.ShouldBeGreaterThan(0.001);
            }
        }
    }
}
