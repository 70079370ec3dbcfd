using System.Buffers;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Rpc.Express;
using Cairn.Kernel.Rpc.Json;
using Cairn.OnnxModels;
using Cairn.Serving.Express;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Serving.Tests;

public sealed class ExpressPredictionTests : IAsyncLifetime
{
    private ServingHost _serving = null!;
    private string _endpoint = "";

    public async ValueTask InitializeAsync()
    {
        _serving = await ServingHost.StartAsync();
        var model = await _serving.UploadOnnxAsync("m", SampleModels.LinearRegression());
        _endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(_endpoint, model, 1, ("0", 100));
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Theory]
    [InlineData("[[1, 1, 1]]")]
    [InlineData("[[0.1, -0.25, 1e-7], [123456.789, 0, -0.0], [1e9, 3.3333333333333335, 1E2]]")]
    public async Task rows_of_numbers_are_answered_as_the_handler_answers_them(string instances)
    {
        var usual = await _serving.PredictAsync(_endpoint, instances);
        var json = new ArrayBufferWriter<byte>();
        MessageJson.Write(json, usual);

        (await JsonAsync($$"""{"instances": {{instances}}}""")).ShouldBe(Encoding.UTF8.GetString(json.WrittenSpan));
        (await WireAsync(instances)).ShouldBe(usual);
    }

    [Fact]
    public async Task many_random_rows_are_answered_as_the_handler_answers_them()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 500).Select(_ => string.Join(", ", Enumerable.Range(0, 3).Select(_ => Number(random))));
        await rows_of_numbers_are_answered_as_the_handler_answers_them("[[" + string.Join("], [", rows) + "]]");
    }

    [Theory]
    [InlineData("""{"instances": [[1, 2]]}""")]
    [InlineData("""{"instances": [[1, 2, 3, 4]]}""")]
    [InlineData("""{"instances": []}""")]
    [InlineData("""{"instances": [[1, 2, "3"]]}""")]
    [InlineData("""{"instances": [[1, 2, null]]}""")]
    [InlineData("""{"instances": [[01, 2, 3]]}""")]
    [InlineData("""{"instances": [[1., 2, 3]]}""")]
    [InlineData("""{"instances": [[+1, 2, 3]]}""")]
    [InlineData("""{"instances": [[1e, 2, 3]]}""")]
    [InlineData("""{"instances": [[1e999, 2, 3]]}""")]
    [InlineData("""{"instances": [[1, 2, 3],]}""")]
    [InlineData("""{"instances": [[1, 2, 3]], "parameters": {}}""")]
    [InlineData("""{"parameters": {}, "instances": [[1, 2, 3]]}""")]
    [InlineData("""{"instances": [[1, 2, 3]]} x""")]
    [InlineData("""{"instances": [[1, 2, 3]""")]
    [InlineData("""{"instances": [{"x": [1, 2, 3]}]}""")]
    [InlineData("")]
    public async Task what_is_not_rows_of_its_numbers_is_left_to_the_handler(string body) => (await JsonAsync(body)).ShouldBeNull();

    [Fact]
    public async Task messages_with_anything_else_are_left_to_the_handler()
    {
        var request = Request("[[1, 2, 3]]");
        var whole = request.ToByteArray();
        (await WireAsync(whole)).ShouldNotBeNull();
        for (var length = 0; length < whole.Length; length++)
        {
            (await WireAsync(whole[..length])).ShouldBeNull();
        }

        (await WireAsync(new PredictRequest(request) { Parameters = Value.ForNumber(1) }.ToByteArray())).ShouldBeNull();
        (await WireAsync(Request("[[1, 2]]").ToByteArray())).ShouldBeNull();
        (await WireAsync(Request("[[1, 2, \"3\"]]").ToByteArray())).ShouldBeNull();
        (await WireAsync(Request("[7]").ToByteArray())).ShouldBeNull();
    }

    [Fact]
    public void numbers_are_read_as_the_runtime_reads_them()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 200_000; i++)
        {
            var text = Number(random);
            DecimalText.Read(Encoding.UTF8.GetBytes(text + ","), out var number).ShouldBe(text.Length, text);
            BitConverter
                .DoubleToInt64Bits(number)
                .ShouldBe(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), text);
            var single = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            var wide =
                float.IsFinite(single) && !float.IsInteger(single)
                    ? double.Parse(single.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
                    : single;
            DecimalText.Widen(single).ShouldBe(wide);
        }
    }

    private static string Number(Random random) =>
        random.Next(6) switch
        {
            0 => random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
            1 => (random.NextDouble() * 10).ToString("0.####", CultureInfo.InvariantCulture),
            2 => (random.NextDouble() - 0.5).ToString("R", CultureInfo.InvariantCulture),
            3 => ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))).ToString("R", CultureInfo.InvariantCulture),
            4 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
            _ => $"{random.Next(1, 99)}.{random.Next(0, 99)}e{random.Next(-12, 12)}",
        };

    private PredictRequest Request(string instances)
    {
        var request = new PredictRequest { Endpoint = _endpoint };
        request.Instances.AddRange(Value.Parser.ParseJson(instances).ListValue.Values);
        return request;
    }

    private async Task<string?> JsonAsync(string body)
    {
        var variables = new Kernel.Http.RouteValues([new("endpoint", _endpoint)]);
        var reply = new ArrayBufferWriter<byte>();
        var call = new ExpressCall(CapabilityHost.Call(), Encoding.UTF8.GetBytes(body), variables, reply);
        return await _serving.Predictions.Express("Predict")!.TryAnswerAsync(call) ? Encoding.UTF8.GetString(reply.WrittenSpan) : null;
    }

    private Task<PredictResponse?> WireAsync(string instances) => WireAsync(Request(instances).ToByteArray());

    private async Task<PredictResponse?> WireAsync(byte[] body)
    {
        var reply = new ArrayBufferWriter<byte>();
        return await _serving.Predictions.Express("Predict")!.TryAnswerAsync(new ExpressCall(CapabilityHost.Call(), body, null, reply))
            ? PredictResponse.Parser.ParseFrom(reply.WrittenSpan)
            : null;
    }
}
