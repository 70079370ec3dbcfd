using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>What a sandboxed job reached for, and must not get.</summary>
public sealed class SandboxTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_job_writes_nothing_that_speaks_to_the_kernel_even_where_the_server_is_root()
    {
        var lines = await _client.OutputAsync(
            JobsClient.Python(
                """
                import os
                for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/sys/devices/system/cpu/online"]:
                    if os.path.exists(path):
                        try:
                            os.close(os.open(path, os.O_WRONLY))
                            print("can write", path)
                        except OSError:
                            pass
                print("sys", sorted(os.listdir("/sys")), sorted(os.listdir("/sys/devices")))
                print("opt", os.path.exists("/opt"))
                print("root", os.geteuid() == 0, os.getgroups() in ([], [os.getgid()]))
                """
            )
        );

        lines.ShouldBe(["sys ['devices'] ['system']", "opt False", Environment.IsPrivilegedProcess ? "root False True" : lines[^1]]);
    }

    [Fact]
    public async Task a_job_has_no_privileges_and_calls_nothing_that_would_get_it_some()
    {
        var lines = await _client.OutputAsync(
            JobsClient.Python(
                """
                import ctypes, errno, os, platform, fcntl
                status = dict(line.split(":", 1) for line in open("/proc/self/status"))
                print("filter", status["Seccomp"].strip(), status["NoNewPrivs"].strip())
                print("capabilities", hex(int(status["CapBnd"], 16) & ~2), hex(int(status["CapEff"], 16) & ~2))
                libc = ctypes.CDLL(None, use_errno=True)
                numbers = {"x86_64": [165, 272, 250, 321, 323, 298, 246, 425, 428], "aarch64": [40, 97, 219, 280, 282, 241, 104, 425, 428]}[platform.machine()]
                print("refused", all(libc.syscall(number, 0, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM for number in numbers))
                print("clone3", libc.syscall(435, 0, 0) == -1 and ctypes.get_errno() == errno.ENOSYS)
                try:
                    fcntl.ioctl(0, 0x5412, b"x")
                except OSError as e:
                    print("terminal", e.errno == errno.EPERM)
                import subprocess, threading
                subprocess.run(["true"], check=True)
                threading.Thread(target=lambda: print("threads")).start()
                """
            )
        );

        lines.ShouldBe(["filter 2 1", "capabilities 0x0 0x0", "refused True", "clone3 True", "terminal True", "threads"]);
    }

    [Fact]
    public async Task a_jobs_mounts_do_not_tell_where_the_servers_folder_is()
    {
        var text = await _client.OutputAsync(
            JobsClient.Python(
                $"""
                import os
                os.makedirs("/gcs/{JobsClient.Bucket}/mounts", exist_ok=True)
                print(open("/proc/self/mounts").read())
                """
            )
        );

        text.ShouldAllBe(line => !line.Contains(server.Process.Data));
    }

    [Fact]
    public async Task a_job_without_its_token_is_its_job_all_the_same_and_no_administrator()
    {
        await _client.SendAsync(HttpMethod.Post, "/storage/v1/b?project=other", new JsonObject { ["name"] = "of-another-project" });
        await _client.UploadAsync("secret.txt", "of another"u8.ToArray(), "of-another-project");
        await _client.UploadAsync("own.txt", "own"u8.ToArray());

        var lines = await _client.OutputAsync(
            JobsClient.Python(
                $$"""
                import http.client, json, os, socket, urllib.parse
                place = urllib.parse.urlsplit(os.environ["CAIRN_ENDPOINT"]).netloc
                def call(method, path, body=None):
                    connection = http.client.HTTPConnection(place)
                    connection.request(method, path, body)
                    return connection.getresponse().status
                print("own", call("GET", "/storage/v1/b/{{JobsClient.Bucket}}/o/own.txt?alt=media"))
                print("other", call("GET", "/storage/v1/b/of-another-project/o/secret.txt?alt=media"))
                print("tokens", call("POST", "/cairn/v1/tokens", json.dumps({"name": "x", "role": "admin"})), call("GET", "/cairn/v1/tokens"))
                # Sent, and gone before anyone can look who it was.
                host, port = place.split(":")
                for _ in range(20):
                    gone = socket.create_connection((host, int(port)))
                    gone.sendall(b"DELETE /storage/v1/b/of-another-project/o/secret.txt HTTP/1.1\r\nHost: " + place.encode() + b"\r\n\r\n")
                    gone.close()
                """
            )
        );

        lines.ShouldBe(["own 200", "other 403", "tokens 403 403"]);
        (await _client.DownloadAsync("secret.txt", "of-another-project")).ShouldBe("of another");
    }

    [Fact]
    public async Task what_is_no_file_among_what_a_job_wrote_blocks_nobody_and_is_not_kept()
    {
        using var secret = new ScratchDirectory();
        await File.WriteAllTextAsync(secret["secret"], """{"leaked": 1}""" + "\n");
        var ended = await _client.RunAsync(
            JobsClient.Python(
                $"""
                import os, socket, time
                place = "/gcs/{JobsClient.Bucket}/odd"
                os.makedirs(place)
                os.mkfifo(place + "/pipe")
                os.symlink("{secret["secret"]}", place + "/link")
                os.symlink("{secret.Path}", place + "/folder")
                socket.socket(socket.AF_UNIX).bind(place + "/socket")
                os.mkfifo("/var/hypertune/output.metrics")
                open(place + "/file", "w").write("kept")
                time.sleep(1)
                os.remove("/var/hypertune/output.metrics")
                os.symlink("{secret["secret"]}", "/var/hypertune/output.metrics")
                """
            )
        );

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        var kept = await _client.SendAsync(HttpMethod.Get, $"/storage/v1/b/{JobsClient.Bucket}/o?prefix=odd/");
        kept["items"]!.AsArray().Select(static item => (string)item!["name"]!).ShouldBe(["odd/file"]);
        (await _client.LinesAsync((string)ended["name"]!, "service")).ShouldContain(static line =>
            line.Contains("odd/pipe") && line.Contains("not kept")
        );
    }
}
