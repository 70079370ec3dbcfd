using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Bench.Load;
using Cairn.Bench.Peers;
using Cairn.Engines.OnnxRuntime;
using Cairn.OnnxModels;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Bench.Rows;

/// <summary>
/// A tabular ONNX model (28 features, 64 hidden units) asked for 1 and 100 rows over REST and gRPC: what the server adds to the bare
/// runtime call on one connection, and its throughput on 16 beside a plain Kestrel that answers the same bytes.
/// </summary>
internal sealed class ServePredict : IBenchmark
{
    private const int Features = 28;
    private const int Hidden = 64;
    private const int Connections = 16;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public string Name => "serve.predict";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var server = await BenchServer.StartAsync();
        var bytes = Model(new Random(1));
        var endpoint = await DeployAsync(server, bytes);
        using var session = OnnxSession.Open(bytes);
        var results = new List<BenchmarkResult>();
        foreach (var rows in (int[])[1, 100])
        {
            var bare = BareMilliseconds(session, rows);
            results.Add(await RestAsync(server, endpoint, rows, bare));
            results.Add(await GrpcAsync(server, endpoint, rows, bare));
        }

        return results;
    }

    private static async Task<BenchmarkResult> RestAsync(BenchServer server, string endpoint, int rows, double bare)
    {
        var body = $$"""{"instances":[{{string.Join(',', Enumerable.Range(0, rows).Select(Row))}}]}""";
        var path = $"/v1/{endpoint}:predict";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.PostAsync(path, content);
        var reply = await response.Content.ReadAsByteArrayAsync();
        await using var plain = await PlainKestrel.StartAsync(reply, []);
        var request = Http1Load.Post(path, body);
        return await MeasureAsync(
            $"REST, {rows} rows",
            bare,
            (connections, latencies) => Http1Load.RunAsync(server.HttpPort, request, connections, Round, latencies),
            (connections, latencies) => Http1Load.RunAsync(plain.HttpPort, request, connections, Round, latencies)
        );
    }

    private static async Task<BenchmarkResult> GrpcAsync(BenchServer server, string endpoint, int rows, double bare)
    {
        var request = new PredictRequest { Endpoint = endpoint };
        var answer = new PredictResponse
        {
            DeployedModelId = "1234567890123456789",
            Model = endpoint,
            ModelVersionId = "1",
        };
        for (var i = 0; i < rows; i++)
        {
            request.Instances.Add(Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson(Row(i)));
            answer.Predictions.Add(Google.Protobuf.WellKnownTypes.Value.ForList(Google.Protobuf.WellKnownTypes.Value.ForNumber(0.123)));
        }

        const string path = "/google.cloud.aiplatform.v1.PredictionService/Predict";
        var frame = ModelGet.Frame(request);
        await using var plain = await PlainKestrel.StartAsync([], ModelGet.Frame(answer));
        return await MeasureAsync(
            $"gRPC, {rows} rows",
            bare,
            (connections, latencies) => GrpcLoad.RunAsync(server.GrpcPort, path, frame, connections, Round, latencies),
            (connections, latencies) => GrpcLoad.RunAsync(plain.GrpcPort, path, frame, connections, Round, latencies)
        );
    }

    private static async Task<BenchmarkResult> MeasureAsync(
        string variant,
        double bare,
        Func<int, List<double>?, Task<double>> ours,
        Func<int, List<double>?, Task<double>> peer
    )
    {
        var (throughput, echo, ratio) = await Rounds.CompareAsync(() => ours(Connections, null), () => peer(Connections, null));
        var latencies = new List<double>();
        var echoes = new List<double>();
        for (var i = 0; i < Rounds.Count; i++)
        {
            await ours(1, latencies);
            await peer(1, echoes);
        }

        // The way to and from a server is the echo's; what the server adds is the rest, less the model's own time.
        var added = Rounds.Median(latencies) - Rounds.Median(echoes) - bare;
        return new BenchmarkResult(
            $"serve.predict {variant}",
            $"{Rounds.Number(throughput, "/s")}, adds {Rounds.Number(added, " ms")}",
            $"echo {Rounds.Number(echo, "/s")}, runtime {Rounds.Number(bare, " ms")}",
            ratio,
            ">= 0.6, adds <= 0.3 ms",
            ratio >= 0.6 && added <= 0.3
        );
    }

    private static async Task<string> DeployAsync(BenchServer server, byte[] model)
    {
        await server.PostAsync("/storage/v1/b?project=bench", new { name = "bench-models" });
        await server.PutObjectAsync("bench-models", "tabular/model.onnx", model);
        var uploaded = await server.OperateAsync(
            $"/v1/{BenchServer.Location}/models:upload",
            new
            {
                model = new
                {
                    displayName = "tabular",
                    artifactUri = "gs://bench-models/tabular",
                    containerSpec = new { imageUri = "cairn/onnx:latest" },
                },
            }
        );
        var endpoint = (string)
            (await server.OperateAsync($"/v1/{BenchServer.Location}/endpoints", new { displayName = "tabular" }))["name"]!;
        await server.OperateAsync(
            $"/v1/{endpoint}:deployModel",
            new
            {
                deployedModel = new
                {
                    model = (string)uploaded["model"]!,
                    dedicatedResources = new { machineSpec = new { machineType = "n1-standard-2" }, minReplicaCount = 1 },
                },
                trafficSplit = new Dictionary<string, int> { ["0"] = 100 },
            }
        );
        return endpoint;
    }

    private static double BareMilliseconds(OnnxSession session, int rows)
    {
        var times = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var input = OnnxValue.Tensor(OnnxElementType.Float, rows, Features);
            foreach (var output in session.Run([input]))
            {
                output.Dispose();
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Rounds.Median(times);
    }

    private static string Row(int index) =>
        "["
        + string.Join(
            ',',
            Enumerable.Range(0, Features).Select(i => (((index * 31) + i) % 17 / 7.0).ToString("0.####", CultureInfo.InvariantCulture))
        )
        + "]";

    private static byte[] Model(Random random)
    {
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        return new OnnxGraph()
            .Input("x", OnnxGraph.Float, null, Features)
            .Weights("w1", Weights(Features * Hidden), Features, Hidden)
            .Weights("w2", Weights(Hidden), Hidden, 1)
            .Node("MatMul", ["x", "w1"], ["h"])
            .Node("Relu", ["h"], ["r"])
            .Node("MatMul", ["r", "w2"], ["y"])
            .Output("y", OnnxGraph.Float, null, 1)
            .ToBytes();
    }
}
