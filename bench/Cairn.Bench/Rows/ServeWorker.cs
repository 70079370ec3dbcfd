using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Bench.Load;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Bench.Rows;

/// <summary>
/// A linear model of scikit-learn (28 features) in a worker process, asked for 100 rows over REST, as raw bytes and over gRPC, on one
/// connection: how long a request takes beside what the worker itself needs for it, asked over its pipe by this program.
/// </summary>
internal sealed class ServeWorker : IBenchmark
{
    private const string Python = "/usr/bin/python3";
    private const int Features = 28;
    private const int Rows = 100;

    private const string Script = """
        import joblib, numpy
        from sklearn.linear_model import LinearRegression
        x = numpy.random.default_rng(1).random((200, 28))
        joblib.dump(LinearRegression().fit(x, x.sum(1)), "model.joblib")
        """;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public string Name => "serve.worker";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-model-").FullName;
        try
        {
            using (var training = Process.Start(new ProcessStartInfo(Python, ["-c", Script]) { WorkingDirectory = folder })!)
            {
                await training.WaitForExitAsync(cancellation);
            }

            await using var server = await BenchServer.StartAsync();
            var endpoint = await DeployAsync(server, await File.ReadAllBytesAsync(Path.Combine(folder, "model.joblib"), cancellation));
            var body = $$"""{"instances":[{{string.Join(',', Enumerable.Range(0, Rows).Select(Row))}}]}""";
            var own = OwnMilliseconds(folder, Encoding.UTF8.GetBytes(body));
            return
            [
                await MeasureAsync(
                    "REST",
                    own,
                    latencies => Http1Load.RunAsync(server.HttpPort, Http1Load.Post($"/v1/{endpoint}:predict", body), 1, Round, latencies)
                ),
                await MeasureAsync(
                    "raw",
                    own,
                    latencies =>
                        Http1Load.RunAsync(server.HttpPort, Http1Load.Post($"/v1/{endpoint}:rawPredict", body), 1, Round, latencies)
                ),
                await MeasureAsync(
                    "gRPC",
                    own,
                    latencies =>
                        GrpcLoad.RunAsync(
                            server.GrpcPort,
                            "/google.cloud.aiplatform.v1.PredictionService/Predict",
                            ModelGet.Frame(Request(endpoint)),
                            1,
                            Round,
                            latencies
                        )
                ),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<BenchmarkResult> MeasureAsync(string variant, double own, Func<List<double>, Task<double>> load)
    {
        var latencies = new List<double>();
        for (var i = 0; i < Rounds.Count; i++)
        {
            await load(latencies);
        }

        var took = Rounds.Median(latencies);
        return new BenchmarkResult(
            $"serve.worker {variant}, {Rows} rows",
            Rounds.Number(took, " ms"),
            $"the worker itself {Rounds.Number(own, " ms")}",
            took / own,
            "<= 2",
            took / own <= 2
        );
    }

    private static PredictRequest Request(string endpoint)
    {
        var request = new PredictRequest { Endpoint = endpoint };
        request.Instances.AddRange(
            Enumerable.Range(0, Rows).Select(static row => Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson(Row(row)))
        );
        return request;
    }

    /// <summary>What one request takes a worker that nobody stands before.</summary>
    private static double OwnMilliseconds(string folder, byte[] body)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "python", "cairn_predictor", "predictor.py");
        using var worker = Process.Start(
            new ProcessStartInfo(Python, ["-I", "-B", program, "sklearn", folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var (requests, replies) = (worker.StandardInput.BaseStream, worker.StandardOutput.BaseStream);
        var frame = new byte[body.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)body.Length + 1);
        frame[4] = (byte)'P';
        body.CopyTo(frame, 5);
        var header = new byte[4];
        void Read()
        {
            replies.ReadExactly(header);
            replies.ReadExactly(new byte[BinaryPrimitives.ReadUInt32BigEndian(header)]);
        }

        // It says that it has loaded its model.
        Read();
        var times = new List<double>();
        for (var i = 0; i < 1_000; i++)
        {
            var start = Stopwatch.GetTimestamp();
            requests.Write(frame);
            requests.Flush();
            Read();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        worker.StandardInput.Close();
        worker.WaitForExit();
        return Rounds.Median(times);
    }

    private static async Task<string> DeployAsync(BenchServer server, byte[] model)
    {
        await server.PostAsync("/storage/v1/b?project=bench", new { name = "bench-models" });
        await server.PutObjectAsync("bench-models", "linear/model.joblib", model);
        var uploaded = await server.OperateAsync(
            $"/v1/{BenchServer.Location}/models:upload",
            new
            {
                model = new
                {
                    displayName = "linear",
                    artifactUri = "gs://bench-models/linear",
                    containerSpec = new { imageUri = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest" },
                },
            }
        );
        var endpoint = (string)
            (await server.OperateAsync($"/v1/{BenchServer.Location}/endpoints", new { displayName = "linear" }))["name"]!;
        await server.OperateAsync(
            $"/v1/{endpoint}:deployModel",
            new
            {
                deployedModel = new
                {
                    model = (string)uploaded["model"]!,
                    dedicatedResources = new
                    {
                        machineSpec = new { machineType = "n1-standard-2" },
                        minReplicaCount = 1,
                        maxReplicaCount = 1,
                    },
                },
                trafficSplit = new Dictionary<string, int> { ["0"] = 100 },
            }
        );
        return endpoint;
    }

    private static string Row(int index) =>
        "["
        + string.Join(
            ',',
            Enumerable.Range(0, Features).Select(i => (((index * 31) + i) % 17 / 7.0).ToString("0.####", CultureInfo.InvariantCulture))
        )
        + "]";
}
