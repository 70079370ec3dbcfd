using System.Diagnostics;
using Cairn.Bench.Load;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Bench.Rows;

/// <summary>
/// Clients over gRPC that each ask for a trial of a random search and complete it, durably: with an empty study, and with one that has
/// 100,000 trials. Optuna on MySQL is published at about 8 a second.
/// </summary>
internal sealed class TuneService : IBenchmark
{
    private const int Clients = 32;
    private const int Trials = 100_000;
    private const double Published = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public string Name => "tune.service";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var bench = await BenchServer.StartAsync();
        using var grpc = new UnaryClient(bench.GrpcPort);
        var study = await grpc.CallAsync<Study>(
            "VizierService/CreateStudy",
            new CreateStudyRequest
            {
                Parent = BenchServer.Location,
                Study = new Study
                {
                    DisplayName = "bench",
                    StudySpec = new StudySpec
                    {
                        Algorithm = Algorithm.RandomSearch,
                        Metrics = { new MetricSpec { MetricId = "y" } },
                        Parameters =
                        {
                            Enumerable
                                .Range(0, 10)
                                .Select(static i => new ParameterSpec
                                {
                                    ParameterId = $"x{i}",
                                    DoubleValueSpec = new ParameterSpec.Types.DoubleValueSpec { MaxValue = 1 },
                                }),
                        },
                    },
                },
            }
        );
        var small = await MedianAsync(grpc, study);
        await FillAsync(grpc, study);
        var large = await MedianAsync(grpc, study);
        return
        [
            new BenchmarkResult(
                Name,
                Rounds.Number(large, " cycles/s"),
                "Optuna on MySQL, published: 8/s",
                large / Published,
                ">= 1,000/s",
                large >= 1_000
            ),
            new BenchmarkResult(
                Name + " flat",
                Rounds.Number(large, " cycles/s"),
                $"empty study {Rounds.Number(small, "/s")}",
                large / small,
                ">= 0.8 of an empty study's",
                large >= 0.8 * small
            ),
        ];
    }

    private static async Task<double> MedianAsync(UnaryClient grpc, Study study)
    {
        var figures = new List<double>();
        for (var round = 0; round <= Rounds.Count; round++)
        {
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(
                Enumerable.Range(0, Clients).Select(client => CycleAsync(grpc, study, $"client-{client}", () => clock.Elapsed < Duration))
            );
            if (round > 0)
            {
                figures.Add(counts.Sum() / clock.Elapsed.TotalSeconds);
            }
        }

        return Rounds.Median(figures);
    }

    private static async Task<int> CycleAsync(UnaryClient grpc, Study study, string client, Func<bool> goOn)
    {
        var count = 0;
        for (; goOn(); count++)
        {
            await CompleteAsync(grpc, (await SuggestAsync(grpc, study, client, 1))[0]);
        }

        return count;
    }

    private static async Task FillAsync(UnaryClient grpc, Study study)
    {
        var left = Trials / 100;
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async client =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        foreach (var trial in await SuggestAsync(grpc, study, $"filler-{client}", 100))
                        {
                            await CompleteAsync(grpc, trial);
                        }
                    }
                })
        );
    }

    private static async Task<IReadOnlyList<Trial>> SuggestAsync(UnaryClient grpc, Study study, string client, int count)
    {
        var request = new SuggestTrialsRequest
        {
            Parent = study.Name,
            SuggestionCount = count,
            ClientId = client,
        };
        return (await grpc.CallAsync<Operation>("VizierService/SuggestTrials", request)).Response.Unpack<SuggestTrialsResponse>().Trials;
    }

    private static Task CompleteAsync(UnaryClient grpc, Trial trial) =>
        grpc.CallAsync<Trial>(
            "VizierService/CompleteTrial",
            new CompleteTrialRequest
            {
                Name = trial.Name,
                FinalMeasurement = new Measurement
                {
                    Metrics =
                    {
                        new Measurement.Types.Metric { MetricId = "y", Value = trial.Parameters[0].Value.NumberValue },
                    },
                },
            }
        );
}
