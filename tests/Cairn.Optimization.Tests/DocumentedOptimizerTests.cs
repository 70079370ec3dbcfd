using Cairn.Optimization.AskTell;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests;

public sealed class DocumentedOptimizerTests
{
    [Fact]
    public void the_example_of_the_documentation_runs()
    {
        var space = new SearchSpace([new DoubleParameter("x", -5, 5)]);
        var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]);
        var optimizer = new Optimizer(problem, new GaussianProcessBanditDesigner());
        var trial = optimizer.Ask()[0];
        optimizer.Tell(trial, Math.Pow(trial.Parameters["x"].Number - 1.5, 2));

        var best = optimizer.Best.ShouldHaveSingleItem();
        best.Parameters["x"].ShouldBe(trial.Parameters["x"]);
    }
}
