using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests;

/// <summary>A server's jobs over REST, as any client sees them.</summary>
public sealed class JobsClient(ServerProcess server, string project = "demo") : IDisposable
{
    public const string Bucket = "jobs-tests";
    public const string SklearnImage = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";
    private static readonly string[] Ends = ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"];

    private readonly HttpClient _http = new();

    public string Parent => $"projects/{project}/locations/us-central1";

    public string? Token { get; set; }

    /// <summary>A job of one Python program, given as text.</summary>
    public static JsonObject Python(string code, params string[] arguments) => Container(SklearnImage, ["python3", "-c", code], arguments);

    public static JsonObject Container(string image, string[] command, string[] arguments) =>
        Job(
            new JsonObject
            {
                ["containerSpec"] = new JsonObject
                {
                    ["imageUri"] = image,
                    ["command"] = Array(command),
                    ["args"] = Array(arguments),
                },
            }
        );

    public static JsonObject Package(string module, string[] uris, params string[] arguments) =>
        Job(
            new JsonObject
            {
                ["pythonPackageSpec"] = new JsonObject
                {
                    ["executorImageUri"] = SklearnImage,
                    ["packageUris"] = Array(uris),
                    ["pythonModule"] = module,
                    ["args"] = Array(arguments),
                },
            }
        );

    /// <summary>A job of several pools, each of a Python program, given as text. A pool of no replicas is left empty.</summary>
    public static JsonObject Gang(params (int Replicas, string Code)[] pools) =>
        new()
        {
            ["displayName"] = "gang",
            ["jobSpec"] = new JsonObject
            {
                ["workerPoolSpecs"] = new JsonArray([
                    .. pools.Select(pool => Pool(pool.Replicas, SklearnImage, "python3", "-c", pool.Code)),
                ]),
            },
        };

    public static JsonObject Pool(int replicas, string image, params string[] command) =>
        replicas == 0
            ? []
            : new JsonObject
            {
                ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" },
                ["replicaCount"] = replicas,
                ["containerSpec"] = new JsonObject { ["imageUri"] = image, ["command"] = Array(command) },
            };

    public static JsonObject Job(JsonObject pool)
    {
        pool["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" };
        pool["replicaCount"] = 1;
        return new JsonObject
        {
            ["displayName"] = "test",
            ["jobSpec"] = new JsonObject { ["workerPoolSpecs"] = new JsonArray(pool) },
        };
    }

    public async Task<string> SubmitAsync(JsonObject job) =>
        (string)(await SendAsync(HttpMethod.Post, $"/v1/{Parent}/customJobs", job))["name"]!;

    public Task<JsonObject> GetAsync(string name) => SendAsync(HttpMethod.Get, "/v1/" + name);

    public Task CancelAsync(string name) => SendAsync(HttpMethod.Post, $"/v1/{name}:cancel", []);

    /// <summary>Waits until the job is in one of the states, and returns it.</summary>
    public async Task<JsonObject> WaitAsync(string name, params string[] states)
    {
        JsonObject job = null!;
        try
        {
            await Poll.UntilAsync(
                async () =>
                {
                    job = await GetAsync(name);
                    return (states.Length == 0 ? Ends : states).Contains((string)job["state"]!);
                },
                $"{name} to be {string.Join(" or ", states.Length == 0 ? Ends : states)}",
                TimeSpan.FromSeconds(120)
            );
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"{e.Message} It was last seen as {job.ToJsonString()}. The server said:\n{await server.ReadLogAsync()}",
                e
            );
        }

        return job;
    }

    public async Task<JsonObject> RunAsync(JsonObject job) => await WaitAsync(await SubmitAsync(job));

    /// <summary>Runs a job that must succeed, and returns the lines of its output.</summary>
    public async Task<IReadOnlyList<string>> OutputAsync(JsonObject job)
    {
        var ended = await RunAsync(job);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        return await LinesAsync((string)ended["name"]!);
    }

    /// <summary>The lines that a job's program has written, in order.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string name, string task = "workerpool0-0") =>
        [
            .. (await EntriesAsync(name, $" AND resource.labels.task_name=\"{task}\"")).Select(entry =>
                (string)entry["jsonPayload"]!["message"]!
            ),
        ];

    public async Task<List<JsonNode>> EntriesAsync(string name, string filter = "")
    {
        var entries = new List<JsonNode>();
        var token = "";
        do
        {
            var page = await SendAsync(
                HttpMethod.Post,
                "/v2/entries:list",
                new JsonObject
                {
                    ["resourceNames"] = new JsonArray($"projects/{project}"),
                    ["filter"] = $"resource.type=\"ml_job\" AND resource.labels.job_id=\"{name.Split('/')[^1]}\"{filter}",
                    ["orderBy"] = "timestamp asc",
                    ["pageSize"] = 1000,
                    ["pageToken"] = token,
                }
            );
            entries.AddRange(page["entries"]?.AsArray().Select(entry => entry!.DeepClone()) ?? []);
            token = (string?)page["nextPageToken"] ?? "";
        } while (token.Length > 0);
        return entries;
    }

    public Task CreateBucketAsync(string bucket) =>
        SendAsync(HttpMethod.Post, $"/storage/v1/b?project={project}", new JsonObject { ["name"] = bucket });

    public async Task UploadAsync(string name, byte[] content, string bucket = Bucket)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{server.Http}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}"
        )
        {
            Content = new ByteArrayContent(content),
        };
        request.Headers.Authorization = Authorization;
        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    /// <summary>An object's content, or null where there is none.</summary>
    public async Task<string?> DownloadAsync(string name, string bucket = Bucket)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{server.Http}/storage/v1/b/{bucket}/o/{Uri.EscapeDataString(name)}?alt=media"
        );
        request.Headers.Authorization = Authorization;
        using var response = await _http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var (status, reply) = await TrySendAsync(method, path, body);
        ((int)status).ShouldBeLessThan(300, reply.ToJsonString());
        return reply;
    }

    public async Task<(HttpStatusCode Status, JsonObject Reply)> TrySendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, server.Http + path);
        request.Headers.Authorization = Authorization;
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>The sentence with which a job is refused, and the code.</summary>
    public async Task<(string Status, string Message)> RefusalAsync(JsonObject job)
    {
        var (status, reply) = await TrySendAsync(HttpMethod.Post, $"/v1/{Parent}/customJobs", job);
        ((int)status).ShouldBeGreaterThanOrEqualTo(400, reply.ToJsonString());
        return ((string)reply["error"]!["status"]!, (string)reply["error"]!["message"]!);
    }

    public void Dispose() => _http.Dispose();

    private AuthenticationHeaderValue? Authorization => Token is null ? null : new AuthenticationHeaderValue("Bearer", Token);

    private static JsonArray Array(string[] values) => [.. values.Select(value => JsonValue.Create(value))];
}
