using System.Diagnostics;
using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Studies;
using Cairn.TestFunctions;

namespace Cairn.Bench.Rows;

/// <summary>One suggestion of the Gaussian process bandit, in 10 dimensions after 100 completed trials, on one thread.</summary>
internal sealed class TuneSuggest : IBenchmark
{
    private const int Trials = 100;
    private const int Suggestions = 40;
    private const double Hold = 200;

    public string Name => "tune.suggest";

    public Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var designer = new GaussianProcessBanditDesigner();
        var function = Functions.Rosenbrock(10);
        var times = new List<double>();
        for (var i = 0; i < Suggestions + 3; i++)
        {
            var trials = Run.Trials(new QuasiRandomDesigner(), function, seed: i, Trials);
            var problem = new Problem(function.Space, [new Metric("loss", Goal.Minimize)]) { Seed = (ulong)i };
            var clock = Stopwatch.StartNew();
            designer.Suggest(new SuggestRequest(problem, trials, Trials, 1), cancellation);
            // The first few are compiled while they run.
            if (i >= 3)
            {
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        var (p50, p95) = (Rounds.Median(times), Rounds.Percentile(times, 0.95));
        return Task.FromResult<IReadOnlyList<BenchmarkResult>>([
            new BenchmarkResult(
                Name,
                Rounds.Number(p50, " ms p50"),
                Rounds.Number(p95, " ms p95"),
                p50 / Hold,
                "p50 <= 200 ms",
                p50 <= Hold
            ),
        ]);
    }
}
