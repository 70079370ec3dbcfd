using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cairn.Testing;

/// <summary>
/// A real S3 server: Ceph with one monitor, one manager, one OSD in memory, and radosgw, on loopback in a temporary folder. Its processes
/// are children in the foreground, and end with the test process whatever happens to it.
/// </summary>
public sealed class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "CAIRNTEST";
    public const string SecretKey = "cairn-test-secret";

    private static readonly string[] Programs =
    [
        "radosgw",
        "radosgw-admin",
        "ceph",
        "ceph-mon",
        "ceph-mgr",
        "ceph-osd",
        "ceph-authtool",
        "monmaptool",
    ];

    private readonly ScratchDirectory _directory = new();
    private readonly List<Process> _processes = [];

    /// <summary>Where S3 is, or null where it is not installed.</summary>
    public Uri? Endpoint { get; private set; }

    public static IEnumerable<string> Missing =>
        Programs.Where(program =>
            !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))
        );

    /// <summary>Brings the server up; does nothing where it is not installed.</summary>
    public async Task StartAsync()
    {
        if (Missing.Any())
        {
            return;
        }

        var (mon, legacy, http) = (FreePort(), FreePort(), FreePort());
        var cluster = Guid.NewGuid().ToString();
        var monitor = $"[v2:127.0.0.1:{mon},v1:127.0.0.1:{legacy}]";
        foreach (var folder in (string[])["mon", "osd", "mgr", "rgw", "run", "log"])
        {
            Directory.CreateDirectory(_directory[folder]);
        }

        await File.WriteAllTextAsync(_directory["ceph.conf"], Configuration(cluster, monitor, http));
        await AddKeysAsync();
        await RunAsync("monmaptool", "--create", "--addv", "a", monitor, "--fsid", cluster, _directory["monmap"]);
        await RunAsync("ceph-mon", [.. Conf, "--mkfs", "-i", "a", "--monmap", _directory["monmap"], "--keyring", _directory["keyring"]]);
        await LaunchAsync("ceph-mon", [.. Conf, "-f", "-i", "a"]);
        await LaunchAsync("ceph-mgr", [.. Conf, "-f", "-i", "x"]);

        var osd = Guid.NewGuid().ToString();
        await RunAsync("ceph", [.. Conf, "osd", "new", osd]);
        await RunAsync("ceph-osd", [.. Conf, "-i", "0", "--osd-uuid", osd, "--mkfs"]);
        await LaunchAsync("ceph-osd", [.. Conf, "-f", "-i", "0"]);
        await RunAsync("ceph", [.. Conf, "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=h"]);
        await LaunchAsync("radosgw", [.. Conf, "-f", "-n", "client.rgw.s"]);
        Endpoint = new Uri($"http://127.0.0.1:{http}");
        await AnswersAsync(Endpoint);
        await RunAsync(
            "radosgw-admin",
            [.. Conf, "user", "create", "--uid=t", "--display-name=t", $"--access-key={AccessKey}", $"--secret-key={SecretKey}"]
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _directory.Dispose();
    }

    private string[] Conf => ["-c", _directory["ceph.conf"]];

    private async Task AddKeysAsync()
    {
        var keyring = _directory["keyring"];
        await RunAsync("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        await RunAsync(
            "ceph-authtool",
            keyring,
            "--gen-key",
            "-n",
            "client.admin",
            "--cap",
            "mon",
            "allow *",
            "--cap",
            "osd",
            "allow *",
            "--cap",
            "mgr",
            "allow *"
        );
        await RunAsync(
            "ceph-authtool",
            keyring,
            "--gen-key",
            "-n",
            "osd.0",
            "--cap",
            "mon",
            "allow profile osd",
            "--cap",
            "osd",
            "allow *",
            "--cap",
            "mgr",
            "allow profile osd"
        );
        await RunAsync(
            "ceph-authtool",
            keyring,
            "--gen-key",
            "-n",
            "mgr.x",
            "--cap",
            "mon",
            "allow profile mgr",
            "--cap",
            "osd",
            "allow *",
            "--cap",
            "mds",
            "allow *"
        );
        await RunAsync(
            "ceph-authtool",
            keyring,
            "--gen-key",
            "-n",
            "client.rgw.s",
            "--cap",
            "mon",
            "allow rw",
            "--cap",
            "osd",
            "allow rwx",
            "--cap",
            "mgr",
            "allow rw"
        );
    }

    private string Configuration(string cluster, string monitor, int http) =>
        $"""
            [global]
            fsid = {cluster}
            mon initial members = a
            mon host = {monitor}
            public network = 127.0.0.0/8
            ms bind ipv4 = true
            auth cluster required = cephx
            auth service required = cephx
            auth client required = cephx
            mon data avail warn = 1
            auth allow insecure global id reclaim = false
            osd pool default size = 1
            osd pool default min size = 1
            osd pool default pg num = 1
            osd pool default pgp num = 1
            osd pool default pg autoscale mode = off
            osd crush chooseleaf type = 0
            mon allow pool size one = true
            mon warn on pool no redundancy = false
            mon max pg per osd = 1000
            run dir = {_directory["run"]}
            admin socket = {_directory["run"]}/$name.$pid.asok
            log file = {_directory["log"]}/$name.log
            pid file = {_directory["run"]}/$name.pid
            keyring = {_directory["keyring"]}
            setuser match path = none
            [mon.a]
            mon data = {_directory["mon"]}
            [osd.0]
            osd data = {_directory["osd"]}
            osd objectstore = memstore
            memstore device bytes = 2147483648
            [mgr.x]
            mgr data = {_directory["mgr"]}
            [client.rgw.s]
            rgw data = {_directory["rgw"]}
            rgw frontends = beast endpoint=127.0.0.1:{http}
            rgw dns name = localhost
            rgw enable apis = s3
            rgw dynamic resharding = false
            rgw run sync thread = false

            """;

    private async Task LaunchAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        Prepare(start);
        var process = await BoundProcess.StartAsync(start);
        // Read and dropped: the logs are in the folder.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        Prepare(start);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}"
            );
        }
    }

    private void Prepare(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["CEPH_CONF"] = _directory["ceph.conf"];
    }

    private static async Task AnswersAsync(Uri endpoint)
    {
        using var client = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.GetAsync(endpoint);
                return;
            }
            catch (HttpRequestException) when (clock.Elapsed < TimeSpan.FromSeconds(120))
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
