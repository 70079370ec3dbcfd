using System.Buffers;
using System.Text;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Express;
using Cairn.Serving.Express;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Serving.Tests.Bugs;

/// <summary>Three quarters of a prediction by a worker were spent on making protobuf values of its JSON and JSON of them again.</summary>
public sealed class PassedPredictionTests
{
    [Fact]
    public async Task a_worker_gets_the_bytes_of_a_request_and_its_answer_is_passed_on()
    {
        await using var serving = await ServingHost.StartAsync();
        var files = await RModels.MakeAsync(
            """saveRDS(function(data) data.frame(twice = data$a * 2, word = paste0("ü", data$w)), "model.rds")"""
        );
        var endpoint = await serving.CreateEndpointAsync();
        await serving.DeployAsync(
            endpoint,
            await serving.UploadAsync("m", "us-docker.pkg.dev/vertex-ai/prediction/r-cpu.4-2:latest", files)
        );
        const string instances = """[{"a": 1, "w": "x\u00e4\ud83d\ude00"}, {"w": "\"", "a": 2.5}]""";
        var usual = await serving.PredictAsync(endpoint, instances);
        usual.Predictions.Count.ShouldBe(2);

        var json = await JsonAsync(serving, endpoint, $$"""{"instances": {{instances}}, "parameters": {} }""");
        JsonParser.Default.Parse<PredictResponse>(json).ShouldBe(usual);
        var request = new PredictRequest { Endpoint = endpoint };
        request.Instances.AddRange(Value.Parser.ParseJson(instances).ListValue.Values);
        var reply = new ArrayBufferWriter<byte>();
        (
            await serving
                .Predictions.Express("Predict")!
                .TryAnswerAsync(new ExpressCall(CapabilityHost.Call(), request.ToByteArray(), null, reply))
        ).ShouldBeTrue();
        PredictResponse.Parser.ParseFrom(reply.WrittenSpan).ShouldBe(usual);

        foreach (
            var unusual in (string[])
                [
                    "",
                    "{}",
                    "[]",
                    """{"instances": []}""",
                    """{"instances": {}}""",
                    """{"instances": [1]} x""",
                    """{"instances": [1e999]}""",
                    """{"instances": [NaN]}""",
                    """{"instances": ["\ud800"]}""",
                    """{"instances": [1], "instances": [2]}""",
                    """{"instances": [1], "name": 2}""",
                    """{"instances": [1]""",
                    $$"""{"instances": [{{new string('[', 200)}}{{new string(']', 200)}}]}""",
                ]
        )
        {
            (await JsonAsync(serving, endpoint, unusual)).ShouldBeNull(unusual);
        }
    }

    [Fact]
    public void values_are_the_same_as_json_and_on_the_wire()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var request = new PredictRequest { Endpoint = "e" };
            request.Instances.AddRange(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(random, 0)));
            var wire = request.ToByteArray();
            var json = new ArrayBufferWriter<byte>();
            WireValues.TryWriteRequest(wire, 10, json).ShouldBeTrue();
            JsonBody.IsRequest(json.WrittenSpan, 10).ShouldBeTrue();
            var body = Encoding.UTF8.GetString(json.WrittenSpan);
            PredictRequest
                .Parser.ParseJson(body.Replace("{\"instances\"", "{\"endpoint\":\"e\",\"instances\"", StringComparison.Ordinal))
                .ShouldBe(request, body);

            var predictions = JsonBody.Predictions(
                Encoding.UTF8.GetBytes(body.Replace("{\"instances\"", "{\"predictions\"", StringComparison.Ordinal))
            );
            var reply = new ArrayBufferWriter<byte>();
            new ValueWire(predictions).Write(reply);
            PredictResponse.Parser.ParseFrom(reply.WrittenSpan).Predictions.ShouldBe(request.Instances);

            // A stranger's bytes: whatever they are, there is an answer and no exception.
            var spoilt = wire[..random.Next(wire.Length)];
            WireValues.TryWriteRequest(spoilt, 10, new ArrayBufferWriter<byte>());
            wire[random.Next(wire.Length)] ^= (byte)(1 << random.Next(8));
            if (WireValues.TryWriteRequest(wire, 10, json = new ArrayBufferWriter<byte>()))
            {
                JsonBody.IsRequest(json.WrittenSpan, 10).ShouldBeTrue();
            }
        }
    }

    private static Value Any(Random random, int depth) =>
        random.Next(depth > 4 ? 5 : 7) switch
        {
            0 => Value.ForNull(),
            1 => Value.ForBool(random.Next(2) == 0),
            2 => Value.ForNumber(random.Next(-1000, 1000)),
            3 => Value.ForNumber((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300))),
            4 => Value.ForString(new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0x800))])),
            5 => Value.ForList([.. Enumerable.Range(0, random.Next(5)).Select(_ => Any(random, depth + 1))]),
            _ => Value.ForStruct(
                new Struct { Fields = { Enumerable.Range(0, random.Next(4)).ToDictionary(i => $"é\"{i}", _ => Any(random, depth + 1)) } }
            ),
        };

    private static async Task<string?> JsonAsync(ServingHost serving, string endpoint, string body)
    {
        var reply = new ArrayBufferWriter<byte>();
        var call = new ExpressCall(
            CapabilityHost.Call(),
            Encoding.UTF8.GetBytes(body),
            new RouteValues([new("endpoint", endpoint)]),
            reply
        );
        return await serving.Predictions.Express("Predict")!.TryAnswerAsync(call) ? Encoding.UTF8.GetString(reply.WrittenSpan) : null;
    }
}
