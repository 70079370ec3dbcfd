using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cairn.Kernel.Rpc;
using Google.Protobuf;
using Google.Rpc;

namespace Cairn.Server.Tests;

/// <summary>Every way in, with an empty request: a well-formed answer or a well-formed error, never a crash.</summary>
public sealed partial class EveryMethodTests(RunningServer running) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task every_grpc_method_answers_an_empty_request()
    {
        var wrong = new List<string>();
        var calls = 0;
        foreach (var method in ContractFiles.VertexServices.SelectMany(static service => service.Methods))
        {
            var path = $"/{method.Service.FullName}/{method.Name}";
            var reply = await running.Grpc.CallAsync(path, method.InputType.Parser.ParseFrom(ByteString.Empty), timeout: "20S");
            calls++;
            if (
                reply.Status is (int)Code.Internal or (int)Code.Unknown or (int)Code.DeadlineExceeded
                || (reply.Status != 0 && reply.Message.Length == 0)
            )
            {
                wrong.Add($"{path}: {reply.Status} {reply.Message}");
            }

            if (reply.Status == (int)Code.Unimplemented && !reply.Message.Contains(method.Name, StringComparison.Ordinal))
            {
                wrong.Add($"{path} does not name itself: {reply.Message}");
            }
        }

        calls.ShouldBeGreaterThan(300);
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task every_rest_route_answers_an_empty_request()
    {
        var wrong = new List<string>();
        var routes = (await CairnServer.ListMethodsAsync()).Where(static method => method.Door == "HTTP").ToList();
        foreach (var route in routes)
        {
            var (verb, template) = route.Call.Split(' ') switch
            {
                var parts => (parts[0], parts[1]),
            };
            using var message = new HttpRequestMessage(new HttpMethod(verb), Fill(template));
            if (verb is "POST" or "PUT" or "PATCH")
            {
                message.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var response = await running.Http.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            if (
                (int)response.StatusCode == 500
                || ((int)response.StatusCode >= 400 && verb != "HEAD" && !IsError(body, (int)response.StatusCode))
            )
            {
                wrong.Add($"{route.Call}: {(int)response.StatusCode} {body}");
            }
        }

        routes.Count.ShouldBeGreaterThan(600);
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task every_way_in_declares_a_permission() =>
        (await CairnServer.ListMethodsAsync()).ShouldAllBe(static method => method.Permission.Length > 0);

    [Fact]
    public async Task what_is_not_there_says_where_to_look()
    {
        using var response = await running.Http.GetAsync("/v1/nothing/here");
        ((int)response.StatusCode).ShouldBe(404);
        (await response.Content.ReadAsStringAsync()).ShouldContain("--list-methods");
    }

    /// <summary><c>/v1/{name=projects/*/models/*}:verb</c> becomes <c>/v1/projects/x/models/x:verb</c>.</summary>
    private static string Fill(string template) =>
        Variable()
            .Replace(template, static match => match.Groups[1].Success ? match.Groups[1].Value : "*")
            .Replace("**", "x", StringComparison.Ordinal)
            .Replace("*", "x", StringComparison.Ordinal);

    private static bool IsError(string body, int status)
    {
        if (body.StartsWith("<?xml", StringComparison.Ordinal))
        {
            // The form of Cloud Storage's XML API, which has its reads at /BUCKET/OBJECT.
            var error = XElement.Parse(body);
            return error.Name == "Error" && error.Element("Code")?.Value.Length > 0 && error.Element("Message")?.Value.Length > 0;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error_code", out var code))
            {
                // MLflow's own form.
                return code.GetString()!.Length > 0 && json.RootElement.GetProperty("message").GetString()!.Length > 0;
            }

            var error =
                json.RootElement.ValueKind == JsonValueKind.Array
                    ? json.RootElement[0].GetProperty("error")
                    : json.RootElement.GetProperty("error");
            return error.GetProperty("code").GetInt32() == status && error.GetProperty("message").GetString()!.Length > 0;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\{[^}=]+(?:=([^}]+))?\}")]
    private static partial Regex Variable();
}
