using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Cairn.Testing;

/// <summary>
/// The accounts of a Slurm cluster: slurmdbd on a MariaDB, both on free loopback ports, in a temporary folder. They are gone with the test
/// process.
/// </summary>
public sealed class SlurmAccounting : IAsyncDisposable
{
    private static readonly string[] Programs = ["slurmdbd", "mariadbd", "mariadb-install-db", "sacct"];

    private readonly ScratchDirectory _directory = new();
    private readonly List<Process> _daemons = [];
    private readonly string _munge;
    private readonly int _databasePort = PostgresServer.FreePort();
    private readonly int _port = PostgresServer.FreePort();

    private SlurmAccounting(string munge) => _munge = munge;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle =>
        Programs.Where(static program => SlurmCluster.Find(program) is null).ToList() is { Count: > 0 } missing
            ? $"Slurm's accounts cannot be kept: {string.Join(", ", missing)} of slurmdbd and mariadb-server are not installed."
            : null;

    /// <summary>
    /// What <c>slurm.conf</c> says of them. The password is where to find munge: connections that last take it from there.
    /// </summary>
    public string Configuration =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"AccountingStorageType=accounting_storage/slurmdbd\nAccountingStorageHost=127.0.0.1\nAccountingStoragePort={_port}\nAccountingStoragePass={_munge}"
        );

    /// <param name="munge">The socket of the munge by which the cluster authenticates.</param>
    public static async Task<SlurmAccounting> StartAsync(string munge)
    {
        var accounting = new SlurmAccounting(munge);
        try
        {
            await accounting.LaunchAsync();
            return accounting;
        }
        catch
        {
            await accounting.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }

        _directory.Dispose();
    }

    private async Task LaunchAsync()
    {
        var user = "--user=" + Environment.UserName;
        var install = await LaunchAsync(
            "mariadb-install-db",
            "--no-defaults",
            "--datadir=" + _directory["data"],
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            user
        );
        await install.WaitForExitAsync();
        _daemons.Remove(install);
        await LaunchAsync(
            "mariadbd",
            "--no-defaults",
            user,
            "--datadir=" + _directory["data"],
            "--socket=" + _directory["socket"],
            "--pid-file=" + _directory["mariadbd.pid"],
            "--bind-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--port={_databasePort}"),
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M"
        );
        await Poll.UntilAsync(() => ListensAsync(_databasePort), "MariaDB to listen");

        var configuration = _directory["slurmdbd.conf"];
        await File.WriteAllTextAsync(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                AuthType=auth/munge
                AuthInfo=socket={_munge}
                DbdHost=localhost
                DbdAddr=127.0.0.1
                DbdPort={_port}
                SlurmUser=root
                StorageType=accounting_storage/mysql
                StorageHost=127.0.0.1
                StoragePort={_databasePort}
                StorageUser=root
                StorageLoc=slurm
                PidFile={_directory["slurmdbd.pid"]}
                LogFile={_directory["slurmdbd.log"]}

                """
            )
        );

        // It refuses a configuration that others can read.
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await LaunchAsync("slurmdbd", "-D");
        await Poll.UntilAsync(() => ListensAsync(_port), "slurmdbd to listen");
    }

    private async Task<Process> LaunchAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(SlurmCluster.Find(program)!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // slurmdbd looks for its configuration beside this one.
        start.Environment["SLURM_CONF"] = _directory["slurm.conf"];
        var process = await BoundProcess.StartAsync(start);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons.Add(process);
        return process;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
