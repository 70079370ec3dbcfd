using Cairn.Optimization.AskTell;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests;

public sealed class AskTellTests
{
    private static readonly Problem Problem = new(new SearchSpace([new DoubleParameter("x", -5, 5)]), [new Metric("loss", Goal.Minimize)]);

    [Fact]
    public void asking_and_telling_finds_the_minimum()
    {
        var optimizer = new Optimizer(Problem, new GaussianProcessBanditDesigner());
        for (var i = 0; i < 15; i++)
        {
            var trial = optimizer.Ask()[0];
            optimizer.Tell(trial, Math.Pow(trial.Parameters["x"].Number - 1.5, 2));
        }

        optimizer.Best.ShouldHaveSingleItem().Parameters["x"].Number.ShouldBe(1.5, 0.05);
    }

    [Fact]
    public void points_of_ones_own_take_part_and_wrong_ones_are_refused()
    {
        var optimizer = new Optimizer(Problem, new GaussianProcessBanditDesigner());
        var own = optimizer.Add(new Dictionary<string, ParameterValue> { ["x"] = 1 });
        optimizer.Tell(own, 0.25);
        optimizer.TellInfeasible(optimizer.Ask()[0]);
        optimizer.Best.ShouldHaveSingleItem().Id.ShouldBe(1);
        Should
            .Throw<ArgumentException>(() => optimizer.Add(new Dictionary<string, ParameterValue> { ["x"] = 9 }))
            .Message.ShouldContain("'9'");
        Should.Throw<ArgumentException>(() => optimizer.Tell(own, 1)).Message.ShouldContain("Trial 1");
    }
}
