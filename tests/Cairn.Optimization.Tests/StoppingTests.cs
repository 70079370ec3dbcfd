using Cairn.Optimization.Spaces;
using Cairn.Optimization.Stopping;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests;

public sealed class StoppingTests
{
    private static readonly Problem Maximize = new(
        new SearchSpace([new DoubleParameter("x", 0, 1)]),
        [new Metric("accuracy", Goal.Maximize)]
    );
    private static readonly Problem Minimize = new(
        new SearchSpace([new DoubleParameter("x", 0, 1)]),
        [new Metric("accuracy", Goal.Minimize)]
    );

    public static TheoryData<string> Rules => ["median", "decay-curve", "convex"];

    [Theory]
    [MemberData(nameof(Rules))]
    public void a_trial_far_below_the_others_stops_and_says_why(string rule)
    {
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, 0.8 + (0.01 * i), steps: 20)).ToList();
        Rule(rule).ShouldStop(Maximize, Learning(11, 0.3, steps: 8, ended: false), completed)!.ShouldContain("accuracy");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void a_trial_better_than_the_others_goes_on(string rule)
    {
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, 0.6 + (0.01 * i), steps: 20)).ToList();
        Rule(rule).ShouldStop(Maximize, Learning(11, 0.9, steps: 8, ended: false), completed).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void a_goal_to_minimise_turns_the_rule(string rule)
    {
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, -0.6 - (0.01 * i), steps: 20)).ToList();
        Rule(rule).ShouldStop(Minimize, Learning(11, -0.9, steps: 8, ended: false), completed).ShouldBeNull();
        Rule(rule).ShouldStop(Minimize, Learning(11, -0.1, steps: 8, ended: false), completed).ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void nothing_stops_before_there_is_something_to_compare_with(string rule)
    {
        Rule(rule).ShouldStop(Maximize, Learning(1, 0.1, steps: 8, ended: false), []).ShouldBeNull();
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, 0.8, steps: 20)).ToList();
        Rule(rule)
            .ShouldStop(Maximize, new Trial(11, new Dictionary<string, ParameterValue>(), TrialState.Active), completed)
            .ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void values_that_are_no_numbers_are_passed_over(string rule)
    {
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, i % 2 == 0 ? double.NaN : 0.8, steps: 20)).ToList();
        Rule(rule).ShouldStop(Maximize, Learning(11, double.NaN, steps: 8, ended: false), completed).ShouldBeNull();
        Should.NotThrow(() => Rule(rule).ShouldStop(Maximize, Learning(11, 0.5, steps: 8, ended: false), completed));
    }

    [Fact]
    public void a_slow_start_that_others_recovered_from_is_no_reason_to_stop()
    {
        // All completed trials were flat until step 10 and rose then; this one is as flat as they were.
        static Trial Late(int id, double end, int steps, bool ended) =>
            Made(id, steps, ended, step => step <= 10 ? 0.1 : 0.1 + ((end - 0.1) * (step - 10) / 10));
        var completed = Enumerable.Range(1, 10).Select(static i => Late(i, 0.8 + (0.01 * i), 20, true)).ToList();
        new DecayCurveStoppingRule().ShouldStop(Maximize, Late(11, 0.9, 9, false), completed).ShouldBeNull();
    }

    [Fact]
    public void elapsed_time_can_take_the_place_of_steps()
    {
        var completed = Enumerable.Range(1, 10).Select(static i => Learning(i, 0.8, steps: 20)).ToList();
        new MedianStoppingRule(ByElapsed: true)
            .ShouldStop(Maximize, Learning(11, 0.3, steps: 8, ended: false), completed)
            .ShouldNotBeNull();
    }

    private static IStoppingRule Rule(string name) =>
        name switch
        {
            "median" => new MedianStoppingRule(),
            "convex" => new ConvexStoppingRule(),
            _ => new DecayCurveStoppingRule(),
        };

    /// <summary>A learning curve that flattens towards a value.</summary>
    private static Trial Learning(int id, double end, int steps, bool ended = true) =>
        Made(id, steps, ended, step => end * (1 - Math.Exp(-step / 5.0)));

    private static Trial Made(int id, int steps, bool ended, Func<int, double> value)
    {
        var measurements = Enumerable
            .Range(1, steps)
            .Select(step => new Measurement(
                step,
                TimeSpan.FromSeconds(step),
                new Dictionary<string, double> { ["accuracy"] = value(step) }
            ))
            .ToList();
        return new Trial(id, new Dictionary<string, ParameterValue>(), ended ? TrialState.Completed : TrialState.Active)
        {
            Measurements = measurements,
            Final = ended ? measurements[^1] : null,
        };
    }
}
