using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Cairn.Testing;

/// <summary>The accounts of a Slurm cluster: slurmdbd on a MariaDB, both on free loopback ports, in a temporary folder. They are gone with the test process.</summary>
public sealed class SlurmAccounting : IAsyncDisposable
{
    private static readonly string[] Programs = ["slurmdbd", "mariadbd", "mariadb-install-db", "sacct"];

    private readonly ScratchDirectory directory = new();
    private readonly List<Process> daemons = [];
    private readonly string munge;
    private readonly int databasePort = PostgresServer.FreePort();
    private readonly int port = PostgresServer.FreePort();

    private SlurmAccounting(string munge) => this.munge = munge;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle => Programs.Where(static program => SlurmCluster.Find(program) is null).ToList() is { Count: > 0 } missing
        ? $"Slurm's accounts cannot be kept: {string.Join(", ", missing)} of slurmdbd and mariadb-server are not installed." : null;

    /// <summary>What <c>slurm.conf</c> says of them. The password is where to find munge: connections that last take it from there.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture,
        $"AccountingStorageType=accounting_storage/slurmdbd\nAccountingStorageHost=127.0.0.1\nAccountingStoragePort={port}\nAccountingStoragePass={munge}");

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
        foreach (var daemon in Enumerable.Reverse(daemons))
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }

        directory.Dispose();
    }

    private async Task LaunchAsync()
    {
        var user = "--user=" + Environment.UserName;
        var install = await LaunchAsync("mariadb-install-db", "--no-defaults", "--datadir=" + directory["data"], "--auth-root-authentication-method=normal", "--skip-test-db", user);
        await install.WaitForExitAsync();
        daemons.Remove(install);
        await LaunchAsync(
            "mariadbd", "--no-defaults", user, "--datadir=" + directory["data"], "--socket=" + directory["socket"], "--pid-file=" + directory["mariadbd.pid"], "--bind-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--port={databasePort}"), "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M");
        await Poll.UntilAsync(() => ListensAsync(databasePort), "MariaDB to listen");

        var configuration = directory["slurmdbd.conf"];
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $"""
            AuthType=auth/munge
            AuthInfo=socket={munge}
            DbdHost=localhost
            DbdAddr=127.0.0.1
            DbdPort={port}
            SlurmUser=root
            StorageType=accounting_storage/mysql
            StorageHost=127.0.0.1
            StoragePort={databasePort}
            StorageUser=root
            StorageLoc=slurm
            PidFile={directory["slurmdbd.pid"]}
            LogFile={directory["slurmdbd.log"]}

            """));

        // It refuses a configuration that others can read.
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await LaunchAsync("slurmdbd", "-D");
        await Poll.UntilAsync(() => ListensAsync(port), "slurmdbd to listen");
    }

    private async Task<Process> LaunchAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(SlurmCluster.Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // slurmdbd looks for its configuration beside this one.
        start.Environment["SLURM_CONF"] = directory["slurm.conf"];
        var process = await BoundProcess.StartAsync(start);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        daemons.Add(process);
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
