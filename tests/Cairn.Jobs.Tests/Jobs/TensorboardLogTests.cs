using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>What a job writes to AIP_TENSORBOARD_LOG_DIR is in its run while the job runs.</summary>
public sealed class TensorboardLogTests
{
    // An event file from the formats' specification alone: TFRecord framing, masked CRC-32C, tensorflow.Event with simple values.
    private const string Writer = """
        import os, struct, sys, time
        def crc(data):
            value = 0xFFFFFFFF
            for byte in data:
                value ^= byte
                for _ in range(8):
                    value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
            value ^= 0xFFFFFFFF
            return (((value >> 15) | (value << 17)) + 0xa282ead8) & 0xFFFFFFFF
        def field(number, data):
            return bytes([number << 3 | 2, len(data)]) + data
        def event(step, tag, value):
            summary = field(1, field(1, tag.encode()) + bytes([2 << 3 | 5]) + struct.pack('<f', value))
            payload = bytes([1 << 3 | 1]) + struct.pack('<d', 1.7e9 + step) + bytes([2 << 3, step]) + field(5, summary)
            head = struct.pack('<Q', len(payload))
            return head + struct.pack('<I', crc(head)) + payload + struct.pack('<I', crc(payload))
        folder = os.environ['AIP_TENSORBOARD_LOG_DIR'].replace('gs://', '/gcs/', 1)
        os.makedirs(folder + 'train', exist_ok=True)
        with open(folder + 'train/events.out.tfevents.1.host', 'wb', buffering=0) as file:
            file.write(event(1, 'loss', 0.5))
            half = event(2, 'loss', 0.25)
            file.write(half[:20])
            while not os.path.exists('/gcs/jobs-tests/go-on-' + sys.argv[1]) and time.time() < float(sys.argv[2]):
                time.sleep(0.2)
            file.write(half[20:] + event(3, 'loss', 0.125))
        """;

    [Fact]
    public async Task event_files_are_read_while_they_are_written_and_to_their_end_across_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var deadline = DateTimeOffset.UtcNow.AddSeconds(12).ToUnixTimeSeconds();
        var job = JobsClient.Python(Writer, "x", deadline.ToString(System.Globalization.CultureInfo.InvariantCulture));
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out" };
        var name = await client.SubmitAsync(job);
        await StepAsync(server, name, 1);
        server.Kill();
        await server.RestartAsync();
        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        await StepAsync(server, name, 3);
        (await ValuesAsync(server, name)).ShouldBe([(1, 0.5), (2, 0.25), (3, 0.125)]);
    }

    private static Task StepAsync(ServerProcess server, string job, long step) =>
        Poll.UntilAsync(
            async () => (await ValuesAsync(server, job)).Any(value => value.Step == step),
            $"step {step} of the job",
            TimeSpan.FromSeconds(60)
        );

    private static async Task<List<(long Step, double Value)>> ValuesAsync(ServerProcess server, string job)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };
        var boards = await GetAsync(http, "/v1/projects/demo/locations/us-central1/tensorboards?filter=is_default%3Dtrue");
        if (boards?["tensorboards"]?[0]?["name"]?.GetValue<string>() is not { } board)
        {
            return [];
        }

        var series = await GetAsync(
            http,
            $"/v1/{board}/experiments/custom-jobs/runs/job-{job.Split('/')[^1]}/timeSeries?filter=display_name%3D%22train%2Floss%22"
        );
        if (series?["tensorboardTimeSeries"]?[0]?["name"]?.GetValue<string>() is not { } found)
        {
            return [];
        }

        var data = await GetAsync(http, $"/v1/{found}:read");
        return
        [
            .. (data?["timeSeriesData"]?["values"]?.AsArray() ?? []).Select(static value =>
                (
                    long.Parse(value!["step"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
                    value["scalar"]!["value"]!.GetValue<double>()
                )
            ),
        ];
    }

    private static async Task<JsonNode?> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }
}
