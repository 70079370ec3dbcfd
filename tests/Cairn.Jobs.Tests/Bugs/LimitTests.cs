using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.Rpc;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>A job had no limits: one could take all memory, processes and room of the server's machine, and did not say what ended
/// it.</summary>
public sealed class LimitTests(LimitTests.LimitedServer server) : IClassFixture<LimitTests.LimitedServer>
{
    /// <summary>A server whose tasks may have little, whichever way this machine permits to hold them to it.</summary>
    public sealed class LimitedServer : IAsyncLifetime
    {
        public ServerProcess Process { get; private set; } = null!;

        public JobsClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            string[] limits =
            [
                "--job-processes",
                "100",
                "--job-open-files",
                "128",
                "--job-disk",
                "0.0625",
                "--job-slots",
                "8",
                "--pip-index",
                "none",
            ];
            Process = await ServerProcess.StartAsync(arguments: limits);
            Client = new JobsClient(Process);
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Process.DisposeAsync();
        }
    }

    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_job_that_passes_a_limit_is_ended_and_says_which()
    {
        // All at once: each would go on for ten minutes if nobody ended it.
        (string Code, string Sentence)[] jobs =
        [
            (
                "x = b'x' * (1 << 30)",
                "The job used more than 256 MiB of memory, what its machine type custom-1-256 has. Ask for a machine type with more memory."
            ),
            ("f = os.memfd_create('x'); [os.write(f, b'x' * (1 << 20)) for _ in range(400)]", "256 MiB of memory"),
            (
                "open('/tmp/large', 'wb').write(b'x' * (80 << 20))",
                "The job used more than 64 MiB of the disk, what this server allows a task (--job-disk)."
            ),
            ("f = open('gone', 'wb'); os.remove('gone'); f.write(b'x' * (80 << 20))", "64 MiB of the disk"),
            ("[(os.mkdir('d'), os.chdir('d')) for _ in range(120)]", "more than 100 folders in each other"),
            (
                """
                while True:
                    try: os.fork()
                    except OSError: pass
                """,
                "The job reached the 100 processes and threads that this server allows a task at once (--job-processes)."
            ),
            ("x = [open('/dev/null') for _ in range(200)]", "allows each process 128 (--job-open-files)"),
        ];

        var ended = await Task.WhenAll(jobs.Select(job => _client.RunAsync(Small($"import os, time\n{job.Code}\ntime.sleep(600)"))));

        foreach (var (job, expected) in ended.Zip(jobs))
        {
            ((string)job["state"]!).ShouldBe("JOB_STATE_FAILED", expected.Code);
            ((string)job["error"]!["message"]!).ShouldContain(expected.Sentence);
            ((int)job["error"]!["code"]!).ShouldBe((int)Code.ResourceExhausted, expected.Code);
        }

        (await _client.OutputAsync(Small("print('goes on')"))).ShouldBe(["goes on"]);
    }

    [Fact]
    public async Task what_a_job_may_have_it_has_and_pages_that_its_processes_share_count_once()
    {
        var lines = await _client.OutputAsync(
            Small(
                """
                import os, resource, subprocess, time
                shared = b"x" * (100 << 20)
                children = [subprocess.Popen(["sleep", "1"])]
                for _ in range(4):
                    if os.fork() == 0:
                        time.sleep(1.5)
                        os._exit(len(shared) - (100 << 20))
                print([os.wait()[1] for _ in range(5)])
                print([resource.getrlimit(limit) for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)])
                for folder in ["/", "/dev", "/gcs"]:
                    try:
                        open(folder + "/x", "w")
                        print("can write", folder)
                    except OSError:
                        pass
                shm = os.statvfs("/dev/shm")
                print(shm.f_blocks * shm.f_frsize)
                open("/dev/null", "w").write("x")
                """
            )
        );

        lines.ShouldBe([
            "[0, 0, 0, 0, 0]",
            "[(128, 128), (0, 0)]",
            (128 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture),
        ]);
    }

    /// <summary>A job on a machine of 256 MiB.</summary>
    private static JsonObject Small(string code)
    {
        var job = JobsClient.Python(code);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"]!["machineType"] = "custom-1-256";
        return job;
    }
}
