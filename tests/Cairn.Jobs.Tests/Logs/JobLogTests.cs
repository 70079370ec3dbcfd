namespace Cairn.Jobs.Tests.Logs;

public sealed class JobLogTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_flood_is_kept_whole_and_in_order()
    {
        var lines = await _client.OutputAsync(JobsClient.Python("for i in range(30000): print(i, 'x' * 50)"));

        lines.Count.ShouldBe(30000);
        lines.Select(line => line.Split(' ')[0]).ShouldBe(Enumerable.Range(0, 30000).Select(i => $"{i}"));
    }

    [Fact]
    public async Task long_lines_bytes_and_structured_lines_are_kept()
    {
        var name = (string)
            (
                await _client.RunAsync(
                    JobsClient.Python(
                        """
                        import sys, json
                        sys.stdout.buffer.write(b"\xff\x00binary\n")
                        sys.stdout.flush()
                        print("y" * 100000)
                        print(json.dumps({"message": "structured", "severity": "WARNING", "step": 3}))
                        print("{not json}")
                        print("to error", file=sys.stderr)
                        """
                    )
                )
            )["name"]!;

        var entries = await _client.EntriesAsync(name);
        var messages = entries.Select(entry => (string)entry["jsonPayload"]!["message"]!).ToList();
        messages.ShouldContain("\uFFFD\0binary");
        string.Concat(messages.Where(message => message.StartsWith('y'))).ShouldBe(new string('y', 100000));
        messages.ShouldContain("{not json}");
        var structured = entries.Single(entry => (string)entry["jsonPayload"]!["message"]! == "structured");
        ((string)structured["severity"]!).ShouldBe("WARNING");
        ((double)structured["jsonPayload"]!["step"]!).ShouldBe(3);
        ((string)entries.Single(entry => (string)entry["jsonPayload"]!["message"]! == "to error")["severity"]!).ShouldBe("ERROR");
    }

    [Fact]
    public async Task a_log_is_there_while_the_job_runs()
    {
        var name = await _client.SubmitAsync(JobsClient.Python("import time; print('live'); time.sleep(120)"));

        await Testing.Poll.UntilAsync(async () => (await _client.LinesAsync(name)).Contains("live"), "the line to be in the log");

        ((string)(await _client.GetAsync(name))["state"]!).ShouldBe("JOB_STATE_RUNNING");
        await _client.CancelAsync(name);
        await _client.WaitAsync(name);
    }
}
