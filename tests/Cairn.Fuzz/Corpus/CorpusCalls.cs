using System.Text;
using System.Text.Json.Nodes;
using Cairn.Fuzz.Cases;
using Cairn.Fuzz.Mutation;
using Google.Protobuf;

namespace Cairn.Fuzz.Corpus;

/// <summary>Valid calls of every kind, for one project with one of everything in it.</summary>
internal sealed class CorpusCalls
{
    private static readonly string[] Deleting = ["Delete", "Purge", "Undeploy"];
    private static readonly string[] Kinds = ["made", "written", "written", "routes", "grpc", "grpc written"];

    private readonly Names _names;
    private readonly Contracts _contracts;
    private readonly MessageMaker _maker;
    private readonly Call[] _written;
    private readonly (ContractMethod Method, string Json)[] _asMessages;

    public CorpusCalls(Names names, Contracts contracts)
    {
        _names = names;
        _contracts = contracts;
        _maker = new MessageMaker(names);
        _written =
        [
            .. WrittenCall.All.Select(call => call.ToCall(names)).Select(static call => call with { MayLast = IsLong(call.Target) }),
        ];
        _asMessages = [.. _written.SelectMany(AsMessages)];
    }

    /// <summary>Any valid call. Those that delete are rare: what is there once would not be there for all that follows.</summary>
    public Call Next(Random random)
    {
        var call = Any(random);
        return random.Next(10) > 0 && Deletes(call) ? Next(random) : call;
    }

    private static bool Deletes(Call call) =>
        call.Method == "DELETE"
        || (call.Rpc?.Name is { } name && Deleting.Any(name.StartsWith))
        || call.Target.EndsWith("/delete", StringComparison.Ordinal);

    private Call Any(Random random) =>
        Words.Pick(random, Kinds) switch
        {
            "written" => Words.Pick(random, _written),
            "routes" => OfRoute(Words.Pick(random, _contracts.Routes), random),
            "grpc written" => Words.Pick(random, _asMessages) is var (method, json) ? Grpc(method, Changed(json, random)) : null!,
            var kind => Made(Words.Pick(random, _contracts.Methods), random, kind == "grpc"),
        };

    /// <summary>
    /// Half of the requests over gRPC are changed before they are messages: what comes of that is a message all the same.
    /// </summary>
    private string Changed(string json, Random random) =>
        random.Next(2) == 0 ? json : Encoding.UTF8.GetString(JsonMutator.Mutate(Encoding.UTF8.GetBytes(json), random, _names.Values));

    /// <summary>A call over gRPC; one whose JSON is not that of its request has an empty one.</summary>
    public static Call Grpc(ContractMethod method, string json) =>
        new(
            method.Path,
            Call.Grpc,
            method.Path,
            method.Waits ? [("grpc-timeout", "100m")] : [],
            Frame((method.Parse(json) ?? method.Parse("{}")!).ToByteArray())
        )
        {
            MayLast = method.Waits,
            Rpc = method.Descriptor,
        };

    /// <summary>A message behind the five bytes that gRPC has before it.</summary>
    public static byte[] Frame(byte[] message) => Testing.GrpcClient.Frame(message);

    private Call Made(ContractMethod method, Random random, bool grpc)
    {
        var request = _maker.Make(method.Descriptor.InputType, random);
        if (grpc || method.Rules.Count == 0)
        {
            return Grpc(method, Changed(request.ToJsonString(), random));
        }

        var rule = Words.Pick(random, method.Rules);
        foreach (var field in rule.PathFields)
        {
            Remove(request, field.Split('.'));
        }

        var body = rule.Body switch
        {
            "" => null,
            "*" => request,
            var field => request[Camel(field)]?.AsObject() ?? [],
        };
        var target = _names.Fill(rule.Template);
        if (rule.Body != "*")
        {
            var query = request
                .Where(member => member.Key != Camel(rule.Body) && member.Value is JsonValue)
                .Select(static member => $"{member.Key}={Uri.EscapeDataString(member.Value!.ToString())}")
                .ToList();
            target += query.Count > 0 ? "?" + string.Join('&', query) : "";
        }

        var headers = new List<(string, string)>();
        if (body is not null)
        {
            headers.Add(("Content-Type", "application/json"));
        }

        if (method.Waits)
        {
            headers.Add(("X-Server-Timeout", "0.1"));
        }

        var bytes = body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString());
        return new Call($"{rule.Verb} {rule.Template}", rule.Verb, target, headers, bytes) { MayLast = method.Waits };
    }

    private Call OfRoute((string Verb, string Template) route, Random random)
    {
        var body = route.Verb is "GET" or "HEAD" or "DELETE"
            ? null
            : Encoding.UTF8.GetBytes(Words.Pick(random, "{}", "{\"name\":\"x\"}", "[]", "hello", ""));
        return new Call(
            $"{route.Verb} {route.Template}",
            route.Verb,
            _names.Fill(route.Template),
            [("Content-Type", "application/json"), ("X-Server-Timeout", "0.1")],
            body
        )
        {
            MayLast = IsLong(route.Template),
        };
    }

    private IEnumerable<(ContractMethod Method, string Json)> AsMessages(Call call)
    {
        foreach (var method in _contracts.Methods)
        {
            foreach (var rule in method.Rules)
            {
                if (
                    rule.Request(call.Method, call.Target, call.Body is null ? null : Encoding.UTF8.GetString(call.Body)) is { } json
                    && method.Parse(json) is not null
                )
                {
                    yield return (method, json);
                }
            }
        }
    }

    private static bool IsLong(string target) =>
        target.Contains(":wait", StringComparison.Ordinal) || target.Contains(":tail", StringComparison.Ordinal);

    private static string Camel(string name) =>
        name.Length == 0
            ? ""
            : string.Concat(
                name.Split('_').Select(static (word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..])
            );

    private static void Remove(JsonObject from, string[] path)
    {
        foreach (var segment in path[..^1])
        {
            if (from[Camel(segment)] is not JsonObject next)
            {
                return;
            }

            from = next;
        }

        from.Remove(Camel(path[^1]));
    }
}
