using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cairn.Testing;

/// <summary>
/// A private PostgreSQL on a free loopback port, in a temporary folder. It refuses to run as root, so then it runs as the user postgres.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>
    /// Bytes that are free in memory's file system where databases are put there: they are thousands of files that live for a minute.
    /// </summary>
    private const long Roomy = 4L << 30;

    private const string Memory = "/dev/shm";

    private readonly string _folder = Folder();
    private readonly int _port = FreePort();
    private readonly string _binaries;
    private int _databases;

    private PostgresServer(string binaries) => _binaries = binaries;

    /// <summary>The folder of PostgreSQL's programs, or null where it is not installed.</summary>
    public static string? Find() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Select(static version => Path.Combine(version, "bin"))
                .Where(static bin => File.Exists(Path.Combine(bin, "initdb")))
                .Order()
                .LastOrDefault()
            : null;

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Find() ?? throw new InvalidOperationException("PostgreSQL is not installed."));
        if (Environment.IsPrivilegedProcess)
        {
            await Run("chown", "postgres:postgres", server._folder);
        }

        await server.RunAsOwner("initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "-N", "--locale=C.UTF-8", "-E", "UTF8");
        await server.StartAgainAsync();
        return server;
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port.</summary>
    public Task StartAgainAsync()
    {
        var options = string.Create(
            CultureInfo.InvariantCulture,
            $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off -c wal_level=minimal -c max_wal_senders=0 -c shared_buffers=64MB -c max_connections=200"
        );
        return RunAsOwner("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o", options, "start");
    }

    /// <summary>Ends it at once, with the connections that are open.</summary>
    public Task StopAsync() => RunAsOwner("pg_ctl", "-D", Data, "-m", "fast", "stop");

    /// <summary>Makes an empty database and returns its address.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await RunAsOwner("createdb", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", name);
        return string.Create(CultureInfo.InvariantCulture, $"postgres://postgres@127.0.0.1:{_port}/{name}");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsOwner("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static string Folder()
    {
        if (!Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < Roomy)
        {
            return Directory.CreateTempSubdirectory("cairn-pg-").FullName;
        }

        var folder = Path.Combine(Memory, $"cairn-pg-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private Task RunAsOwner(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env", path, .. arguments])
            : Run(path, arguments);
    }

    private static async Task Run(string program, params string[] arguments)
    {
        // Output goes to nobody: a daemon that inherits a pipe would keep it open for ever.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
