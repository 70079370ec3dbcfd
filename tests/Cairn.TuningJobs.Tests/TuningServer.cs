using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

/// <summary>A server, and tuning jobs whose trials are short Python programs.</summary>
internal sealed class TuningServer : IAsyncDisposable
{
    public const string Location = "/v1/projects/demo/locations/us-central1";
    public const string Bucket = "tuned";
    public const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    /// <summary>What cloudml-hypertune does: keeps the last hundred reports, and writes its file anew with each.</summary>
    public const string Hypertune = """
        import collections, json, os, sys, time
        values = dict(argument[2:].split('=', 1) for argument in sys.argv[1:] if argument.startswith('--'))
        reports = collections.deque(maxlen=100)
        def report(tag, value, step=0):
            reports.append({'timestamp': time.time(), 'trial': os.environ['CLOUD_ML_TRIAL_ID'], tag: str(float(value)), 'global_step': str(int(step)), 'checkpoint_path': ''})
            with open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'w') as file:
                for line in reports:
                    file.write(json.dumps(line, sort_keys=True) + '\n')

        """;

    private TuningServer(ServerProcess process)
    {
        Process = process;
        Rest = new RestClient(process.Http);
    }

    public ServerProcess Process { get; }

    public RestClient Rest { get; }

    public static async Task<TuningServer> StartAsync(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("Debian's python3 is not installed.");
        }

        var server = new TuningServer(await ServerProcess.StartAsync(arguments: arguments));
        await server.Rest.CreateBucketAsync(Bucket);
        return server;
    }

    /// <summary>A job over <c>x</c> in 0..1 whose metric <c>score</c> is to be as large as can be.</summary>
    public static JsonObject Job(string program, int trials, int parallel = 1)
    {
        var job = JsonNode
            .Parse(
                """
                {
                  "displayName": "tuned",
                  "studySpec": {
                    "metrics": [{"metricId": "score", "goal": "MAXIMIZE"}],
                    "parameters": [{"parameterId": "x", "doubleValueSpec": {"minValue": 0, "maxValue": 1}}],
                    "algorithm": "RANDOM_SEARCH"
                  },
                  "trialJobSpec": {
                    "workerPoolSpecs": [{"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1, "containerSpec": {}}],
                    "baseOutputDirectory": {"outputUriPrefix": "gs://tuned/out"}
                  }
                }
                """
            )!
            .AsObject();
        job["maxTrialCount"] = trials;
        job["parallelTrialCount"] = parallel;
        job["trialJobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"] = new JsonObject
        {
            ["imageUri"] = Image,
            ["command"] = new JsonArray("python3", "-c", Hypertune + program),
        };
        return job;
    }

    public async Task<string> CreateAsync(JsonObject job) =>
        (string)(await Rest.PostAsync($"{Location}/hyperparameterTuningJobs", job))["name"]!;

    public Task<JsonNode> GetAsync(string name) => Rest.GetAsync("/v1/" + name);

    /// <summary>The job once it has ended.</summary>
    public async Task<JsonNode> EndAsync(string name)
    {
        JsonNode job = null!;
        await Poll.UntilAsync(
            async () =>
            {
                job = await GetAsync(name);
                return (string)job["state"]! is "JOB_STATE_SUCCEEDED" or "JOB_STATE_FAILED" or "JOB_STATE_CANCELLED";
            },
            $"{name} to end",
            TimeSpan.FromSeconds(240)
        );
        return job;
    }

    public static List<JsonNode> Trials(JsonNode job) => [.. job["trials"]?.AsArray().Select(static trial => trial!) ?? []];

    public static double Parameter(JsonNode trial, string id) =>
        (double)trial["parameters"]!.AsArray().Single(found => (string)found!["parameterId"]! == id)!["value"]!;

    public static double Metric(JsonNode trial, string id = "score") =>
        (double)trial["finalMeasurement"]!["metrics"]!.AsArray().Single(found => (string)found!["metricId"]! == id)!["value"]!;

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        await Process.DisposeAsync();
    }
}
