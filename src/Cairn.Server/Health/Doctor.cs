using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Server.Health;

/// <summary>
/// Looks at what a server stands on, whether it runs or not: its folder, its disk, its database, its objects, and the programs that it
/// starts. It changes nothing.
/// </summary>
public static class Doctor
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 64 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly (string Program, string For)[] Programs =
    [
        ("bwrap", "isolates tasks and Python predictors; without it they run as plain processes"),
        ("podman", "runs images of containers; without it only images that stand for an interpreter here can be used"),
        ("python3", "runs training programs and Python predictors"),
    ];

    /// <summary>Everything that could be found out, in an order to read it in.</summary>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(ServerOptions given, CancellationToken cancellation = default)
    {
        var options = given with { Data = Path.GetFullPath(given.Data) };
        var findings = new List<Finding> { Versions() };
        if (!Directory.Exists(options.Data))
        {
            findings.Add(
                new("folder", Severity.Bad, $"There is no folder '{options.Data}'. Start the server once, or name its folder with --data.")
            );
            return findings;
        }

        findings.AddRange(Modes(options.Data));
        findings.Add(Space(options.Data));
        findings.Add(LastStop(options.Data));
        findings.AddRange(await StoreAsync(options, cancellation));
        findings.AddRange(Programs.Select(Program));
        return findings;
    }

    private static Finding Versions() =>
        new(
            "versions",
            Severity.Good,
            $"cairn {typeof(Doctor).Assembly.GetName().Version?.ToString(3)}, {RuntimeInformation.FrameworkDescription}, SQLite {SqliteDatabase.EngineVersion}, on {RuntimeInformation.OSDescription}."
        );

    private static IEnumerable<Finding> Modes(string data)
    {
        var open = DataFolder.TooOpen(data);
        return open.Count == 0
            ? [new("folder", Severity.Good, $"'{data}' and what is in it can be opened by their owner alone.")]
            : open.Select(static entry => new Finding(
                "folder",
                Severity.Warning,
                $"Others on this machine can open '{entry.Path}' (mode {Octal(entry.Mode)}, should be {Octal(entry.Wanted)}). The next start mends it; or now: chmod go-rwx '{entry.Path}'."
            ));
    }

    private static Finding Space(string data)
    {
        var disk = new DriveInfo(data);
        var (free, text) = (
            disk.AvailableFreeSpace,
            $"{Gib(disk.AvailableFreeSpace)} of {Gib(disk.TotalSize)} GiB are free on the disk of the data folder."
        );
        return free < NoSpace ? new("disk", Severity.Bad, text + " The server refuses what would store more. Make room.")
            : free < LittleSpace ? new("disk", Severity.Warning, text + " Make room before it is full.")
            : new("disk", Severity.Good, text);
    }

    private static Finding LastStop(string data) =>
        !ServerFile.Exists(data) ? new("server", Severity.Good, "No server runs on the folder; the last one stopped cleanly.")
        : DataFolder.IsHeld(data) ? new("server", Severity.Good, "A server runs on the folder.")
        : new(
            "server",
            Severity.Warning,
            "No server runs on the folder, and the last one did not stop cleanly. The next start looks through the database."
        );

    private static async Task<IReadOnlyList<Finding>> StoreAsync(ServerOptions options, CancellationToken cancellation)
    {
        var file = Path.Combine(options.Data, Composition.DatabaseFile);
        if (options.Store is null)
        {
            if (!File.Exists(file))
            {
                return
                [
                    new(
                        "database",
                        Severity.Warning,
                        $"There is no database '{file}' yet: no server has been started on the folder. Name a PostgreSQL store with --store."
                    ),
                ];
            }

            var clock = Stopwatch.StartNew();
            if (SqliteDatabase.QuickCheck(file) is { } damage)
            {
                return [new("database", Severity.Bad, $"The database '{file}' is damaged: {damage} Restore a backup of the data folder.")];
            }

            var size = Gib(new FileInfo(file).Length);
            return
            [
                new(
                    "database",
                    Severity.Good,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"SQLite, {size} GiB, is sound (looked through in {clock.Elapsed.TotalSeconds:0.0} s)."
                    )
                ),
                .. await ServicesAsync(options, cancellation),
            ];
        }

        return await ServicesAsync(options, cancellation);
    }

    /// <summary>What the composed parts themselves say: the version of the tables, and whether the objects answer.</summary>
    private static async Task<IReadOnlyList<Finding>> ServicesAsync(ServerOptions options, CancellationToken cancellation)
    {
        var provider = CairnServer.Services(options, new Listeners(options)).BuildServiceProvider();
        await using var disposal = provider;
        return
        [
            await TryAsync("database", () => TablesAsync(provider, options, cancellation)),
            await TryAsync("objects", () => ObjectsAsync(provider, options, cancellation)),
        ];
    }

    private static async Task<Finding> TablesAsync(IServiceProvider provider, ServerOptions options, CancellationToken cancellation)
    {
        var known = provider.GetServices<MigrationSet>().ToDictionary(static set => set.Owner, static set => (long)set.Steps.Count);
        var database = options.Store is null
            ? new SqliteDatabase(Path.Combine(options.Data, Composition.DatabaseFile))
            : provider.GetRequiredService<IDatabase>();
        await using var disposal = database;
        var there = await database
            .ReadAsync(
                static session =>
                    session.Query(
                        "SELECT owner, version FROM migrations ORDER BY owner",
                        static row => (Owner: row.GetString(0), Version: row.GetInt64(1))
                    ),
                cancellation
            )
            .WaitAsync(Patience, cancellation);
        return there.Find(set => set.Version > known.GetValueOrDefault(set.Owner)) is { Owner: { } newer }
            ? new(
                "database",
                Severity.Bad,
                $"Its tables of '{newer}' were made by a newer program than this one. Run that, or restore a backup made before the upgrade."
            )
            : new(
                "database",
                Severity.Good,
                $"{(options.Store is null ? "Its" : "PostgreSQL answers; its")} tables are {(there.All(set => set.Version == known[set.Owner]) ? "of this program's version" : "of an earlier version; the next start brings them up to date")}."
            );
    }

    private static async Task<Finding> ObjectsAsync(IServiceProvider provider, ServerOptions options, CancellationToken cancellation)
    {
        if (options.Objects is null or not ['s', '3', ..])
        {
            return new("objects", Severity.Good, $"On the disk, in '{options.Objects ?? Path.Combine(options.Data, "objects")}'.");
        }

        await using var first = provider.GetRequiredService<IBlobStore>().ListAsync(cancellation).GetAsyncEnumerator(cancellation);
        await first.MoveNextAsync().AsTask().WaitAsync(Patience, cancellation);
        return new("objects", Severity.Good, "S3 answers.");
    }

    private static async Task<Finding> TryAsync(string subject, Func<Task<Finding>> look)
    {
        try
        {
            return await look();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new(
                subject,
                Severity.Bad,
                error is StatusException or TimeoutException ? error.Message : $"It does not answer: {error.Message}"
            );
        }
    }

    private static Finding Program((string Program, string For) wanted)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, wanted.Program))
            .FirstOrDefault(File.Exists);
        return found is null
            ? new("programs", Severity.Warning, $"'{wanted.Program}' is not installed: it {wanted.For}.")
            : new("programs", Severity.Good, $"'{found}' {wanted.For.Split(';')[0]}.");
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static string Gib(long bytes) => ((double)bytes / (1L << 30)).ToString("0.00", CultureInfo.InvariantCulture);
}
