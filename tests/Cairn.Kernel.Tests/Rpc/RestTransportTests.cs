using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Kernel.Tests.Rpc;

public sealed class RestTransportTests(RpcHost host) : IClassFixture<RpcHost>
{
    private const string Endpoint = "/v1/projects/p/locations/l/endpoints/e";

    [Theory]
    [InlineData(Endpoint + ":predict")]
    [InlineData(Endpoint + ":predict?$alt=json;enum-encoding=int&alt=json&prettyPrint=true")]
    [InlineData("/v1beta1/projects/p/locations/l/endpoints/e:predict")]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/e:predict")]
    public async Task every_binding_of_a_method_answers(string path)
    {
        var (status, reply) = await Post(path, """{"instances":[1.5,"a",null,{"x":[true]}]}""");
        status.ShouldBe(HttpStatusCode.OK);
        reply!["predictions"]!.ToJsonString().ShouldBe("""[1.5,"a",null,{"x":[true]}]""");
        ((string)reply["deployedModelId"]!).ShouldEndWith("/e");
    }

    [Fact]
    public async Task a_name_in_the_path_is_decoded_once()
    {
        var (_, reply) = await Post("/v1/projects/p%20q/locations/l/endpoints/%2541:predict", """{"instances":[]}""");
        ((string)reply!["deployedModelId"]!).ShouldBe("projects/p q/locations/l/endpoints/%41");
    }

    [Theory]
    [InlineData("/v1/projects/p/locations/l/endpoints/a%2Fb:predict")]
    [InlineData("/v1/projects/p/locations/l/endpoints/a%ZZ:predict")]
    [InlineData("/v1/projects/p/locations/l/endpoints/a%FF:predict")]
    public async Task a_path_that_could_mean_two_things_is_refused(string path)
    {
        var (status, reply) = await Post(path, """{"instances":[]}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        ((string)reply!["error"]!["status"]!).ShouldBe("INVALID_ARGUMENT");
    }

    [Theory]
    [InlineData("""{"instances":[1],"unknown":2}""", "unknown")]
    [InlineData("""{"instances":[1""", "JSON")]
    [InlineData("""[1]""", "JSON")]
    [InlineData("nonsense", "JSON")]
    [InlineData("""{"instances":[1e999]}""", "too large")]
    [InlineData("""{"instances":[1],"instances":[2]}""", "twice")]
    [InlineData("""{"instances":{}}""", "no list")]
    [InlineData("""{"instances":["\ud800"]}""", "JSON")]
    [InlineData("""{"instances":[1]} x""", "JSON")]
    public async Task a_body_that_is_not_the_request_is_refused_with_what_was_wrong(string body, string reason)
    {
        var (status, reply) = await Post(Endpoint + ":predict", body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        ((string)reply!["error"]!["message"]!).ShouldContain(reason, Case.Insensitive);
    }

    [Fact]
    public async Task a_body_nested_too_deep_is_refused()
    {
        var (status, _) = await Post(Endpoint + ":predict", $$"""{"instances":{{new string('[', 5_000)}}{{new string(']', 5_000)}}}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task a_compressed_body_is_read_and_a_false_one_refused()
    {
        var packed = new MemoryStream();
        await using (
            var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)
        )
        {
            await gzip.WriteAsync("""{"instances":[1]}"""u8.ToArray());
        }

        using var good = new ByteArrayContent(packed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } };
        (await host.Http.PostAsync(Endpoint + ":predict", good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var bad = new ByteArrayContent([1, 2, 3, 4]) { Headers = { ContentEncoding = { "gzip" } } };
        (await host.Http.PostAsync(Endpoint + ":predict", bad)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task errors_have_googles_body_with_details()
    {
        var (status, reply) = await Post(Endpoint + ":predict", """{"instances":[],"parameters":{"fail":"status"}}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        var error = reply!["error"]!;
        ((int)error["code"]!).ShouldBe(400);
        ((string)error["status"]!).ShouldBe("FAILED_PRECONDITION");
        ((string)error["details"]![0]!["@type"]!).ShouldBe("type.googleapis.com/google.rpc.LocalizedMessage");
        ((string)error["details"]![0]!["message"]!).ShouldBe("ON_PURPOSE");
    }

    [Theory]
    [InlineData("text/csv", "1,2,3\n")]
    [InlineData("application/json", """{"anything":["at",{"all":1}]}""")]
    [InlineData("application/octet-stream", "\u0001binary")]
    public async Task a_raw_body_passes_through_as_it_is(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
        {
            Headers = { ContentType = new MediaTypeHeaderValue(type) },
        };
        var response = await host.Http.PostAsync(Endpoint + ":rawPredict", content);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
    }

    [Fact]
    public async Task a_raw_body_spelled_out_as_the_request_is_unpacked()
    {
        var data = Convert.ToBase64String("hello"u8);
        using var content = new StringContent($$$"""{"httpBody":{"contentType":"text/plain","data":"{{{data}}}"}}""");
        var response = await host.Http.PostAsync(Endpoint + ":rawPredict", content);
        (await response.Content.ReadAsStringAsync()).ShouldBe("hello");
    }

    [Fact]
    public async Task a_stream_over_rest_is_a_json_array()
    {
        var (status, reply) = await Post(Endpoint + ":serverStreamingPredict", """{"inputs":[{"intVal":[1]},{"int_val":["2"]}]}""");
        status.ShouldBe(HttpStatusCode.OK);
        reply!.AsArray().Select(static item => (int)item!["outputs"]![0]!["intVal"]![0]!).ShouldBe([1, 2]);
        (await Post(Endpoint + ":serverStreamingPredict", "{}")).Reply!.AsArray().ShouldBeEmpty();
        var (_, broken) = await Post(Endpoint + ":serverStreamingPredict", """{"inputs":[{"intVal":[1]},{"intVal":[-1]}]}""");
        ((string)broken!.AsArray()[1]!["error"]!["status"]!).ShouldBe("ABORTED");
    }

    [Fact]
    public async Task a_method_without_a_handler_is_501_and_names_itself()
    {
        var response = await host.Http.GetAsync("/v1/projects/p/locations/l/models?pageSize=3&filter=a");
        response.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        (await response.Content.ReadAsStringAsync()).ShouldContain("ModelService.ListModels");
    }

    [Theory]
    [InlineData("pageSize=x", "pageSize")]
    [InlineData("nonsense=1", "nonsense")]
    [InlineData("page_size.x=1", "page_size")]
    [InlineData("readMask=name,labels&orderBy=x", null)]
    public async Task query_parameters_are_checked_against_the_request(string query, string? named)
    {
        var response = await host.Http.GetAsync($"/v1/projects/p/locations/l/models?{query}");
        response.StatusCode.ShouldBe(named is null ? HttpStatusCode.NotImplemented : HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(named ?? "ListModels");
    }

    private async Task<(HttpStatusCode Status, JsonNode? Reply)> Post(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var message = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(host.Http.BaseAddress + path[1..], new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
        )
        {
            Content = content,
        };
        using var response = await host.Http.SendAsync(message);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }
}
