using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

/// <summary>
/// What of a Kubernetes API server the executor meets, over HTTP: things are made, listed, watched, read and deleted in one namespace. It
/// runs no pods; tests say what becomes of them.
/// </summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _things = [];
    private readonly List<(int Version, string Collection, string Line)> _history = [];
    private readonly List<(string Collection, Channel<string> Events)> _watches = [];
    private readonly WebApplication _application;
    private int _version = 100;

    public FakeCluster()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Every request that was not a look: its method and path.</summary>
    public ConcurrentQueue<string> Changes { get; } = [];

    /// <summary>The <c>Authorization</c> of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>How often something was listed.</summary>
    public int Lists { get; private set; }

    /// <summary>What is answered in place of everything: a status and a sentence; null for nothing.</summary>
    public (int Code, string Message)? Refusal { get; set; }

    /// <summary>Answers in place of everything where it returns true; null for nothing.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    public string Address => _application.Urls.Single();

    public Task StartAsync() => _application.StartAsync();

    public ValueTask DisposeAsync()
    {
        EndWatches();
        return _application.DisposeAsync();
    }

    /// <summary>The thing at a path, such as <c>jobs/cairn-1</c>.</summary>
    public JsonObject this[string path]
    {
        get
        {
            lock (_gate)
            {
                return _things[path];
            }
        }
    }

    /// <summary>Puts a thing there, or changes it, and tells those who watch.</summary>
    public void Put(string path, JsonObject thing)
    {
        lock (_gate)
        {
            var type = _things.ContainsKey(path) ? "MODIFIED" : "ADDED";
            var metadata = (JsonObject)(thing["metadata"] ??= new JsonObject());
            metadata["name"] = path[(path.IndexOf('/') + 1)..];
            metadata["resourceVersion"] = $"{++_version}";
            _things[path] = thing;
            Tell(path, type, thing);
        }
    }

    public bool Delete(string path)
    {
        lock (_gate)
        {
            if (!_things.Remove(path, out var thing))
            {
                return false;
            }

            _version++;
            Tell(path, "DELETED", thing);
            return true;
        }
    }

    /// <summary>Ends all watches, as a server does that restarts.</summary>
    public void EndWatches()
    {
        lock (_gate)
        {
            _watches.ForEach(static watch => watch.Events.Writer.TryComplete());
            _watches.Clear();
        }
    }

    private void Tell(string path, string type, JsonObject thing)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = thing.DeepClone() }.ToJsonString();
        var of = path[..path.IndexOf('/')];
        _history.Add((_version, of, line));
        foreach (var (collection, events) in _watches)
        {
            if (collection == of)
            {
                events.Writer.TryWrite(line);
            }
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Authorization = context.Request.Headers.Authorization;
        if (Intercept is { } intercept && await intercept(context))
        {
            return;
        }

        if (Refusal is { } refusal)
        {
            await FailAsync(context, refusal.Code, "Refused", refusal.Message, null);
            return;
        }

        // /api/v1/namespaces/ml/pods, /apis/batch/v1/namespaces/ml/jobs/NAME
        var parts = context.Request.Path.Value!.Split("/namespaces/ml/");
        if (parts is not [_, var path])
        {
            await FailAsync(context, 404, "NotFound", "namespaces \"x\" not found", "namespaces");
            return;
        }

        var collection = path.Split('/')[0];
        switch (context.Request.Method, path.Contains('/', StringComparison.Ordinal))
        {
            case ("GET", false) when context.Request.Query["watch"] == "true":
                await WatchAsync(context, collection);
                break;
            case ("GET", false):
                await WriteAsync(context, 200, List(collection, context.Request.Query));
                break;
            case ("GET", true):
                await FoundAsync(context, path, Find(path));
                break;
            case ("POST", _):
                Changes.Enqueue($"POST {collection}");
                await CreateAsync(context, collection);
                break;
            case ("DELETE", true):
                Changes.Enqueue($"DELETE {path}{context.Request.QueryString}");
                var thing = Find(path);
                Delete(path);
                await FoundAsync(context, path, thing);
                break;
            default:
                await FailAsync(context, 405, "MethodNotAllowed", "no such thing", null);
                break;
        }
    }

    private JsonObject? Find(string path)
    {
        lock (_gate)
        {
            return _things.GetValueOrDefault(path);
        }
    }

    private JsonObject List(string collection, IQueryCollection query)
    {
        lock (_gate)
        {
            Lists++;
            var from = int.TryParse(query["continue"], out var passed) ? passed : 0;
            var left = _things.Where(thing => thing.Key.StartsWith(collection + "/", StringComparison.Ordinal)).Skip(from).ToList();
            var limit = int.TryParse(query["limit"], out var most) ? most : int.MaxValue;
            var items = left.Take(limit);
            var metadata = new JsonObject { ["resourceVersion"] = $"{_version}" };
            if (left.Count > limit)
            {
                metadata["continue"] = $"{from + limit}";
            }

            return new JsonObject
            {
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. items.Select(static thing => thing.Value.DeepClone())]),
            };
        }
    }

    private async Task CreateAsync(HttpContext context, string collection)
    {
        var thing = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        var path = $"{collection}/{thing["metadata"]!["name"]}";
        if (Find(path) is not null)
        {
            await FailAsync(context, 409, "AlreadyExists", $"{path} already exists", collection);
            return;
        }

        Put(path, thing);
        await WriteAsync(context, 201, thing);
    }

    private async Task WatchAsync(HttpContext context, string collection)
    {
        var events = Channel.CreateUnbounded<string>();
        lock (_gate)
        {
            // What happened since the list that the watch goes on from.
            var since = int.Parse(context.Request.Query["resourceVersion"]!);
            foreach (var (_, _, line) in _history.Where(past => past.Version > since && past.Collection == collection))
            {
                events.Writer.TryWrite(line);
            }

            _watches.Add((collection, events));
        }

        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        try
        {
            await foreach (var line in events.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(line + "\n");
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }

    private static Task FoundAsync(HttpContext context, string path, JsonObject? thing) =>
        thing is null ? FailAsync(context, 404, "NotFound", $"{path} not found", path.Split('/')[0]) : WriteAsync(context, 200, thing);

    public static Task FailAsync(HttpContext context, int code, string reason, string message, string? kind) =>
        WriteAsync(
            context,
            code,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["status"] = "Failure",
                ["message"] = message,
                ["reason"] = reason,
                ["details"] = new JsonObject { ["kind"] = kind },
                ["code"] = code,
            }
        );

    private static Task WriteAsync(HttpContext context, int code, JsonObject body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
