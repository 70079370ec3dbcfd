using System.Diagnostics;
using System.Text.Json;
using Cairn.Jobs;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Security;
using Cairn.Server;
using Cairn.Serving;
using Cairn.Testing;

namespace Cairn.Fuzz.Hosting;

/// <summary>
/// The program as the server that is fuzzed, in a process of its own, so that its death is seen and its memory is its own. It is asked over
/// its standard input, and ends with that.
/// </summary>
internal static class ServerRole
{
    public const string Argument = "--serve";

    public static async Task<int> RunAsync(string data, bool authentication)
    {
        var options = new ServerOptions
        {
            Data = data,
            Http = "127.0.0.1:0",
            Grpc = "127.0.0.1:0",
            Authentication = authentication,
            Executable = ServerProcess.Executable,
            // What is started is to end soon and to leave the processor to the requests.
            Jobs = new JobsOptions
            {
                Slots = 1,
                Grace = TimeSpan.FromSeconds(1),
                DefaultTimeout = TimeSpan.FromSeconds(10),
                PipIndex = null,
            },
            Serving = new ServingOptions
            {
                MaxReplicas = 1,
                StartTimeout = TimeSpan.FromSeconds(30),
                PredictionTimeout = TimeSpan.FromSeconds(5),
            },
        };
        await using var server = await CairnServer.StartAsync(options);
        var tokens = authentication ? await TokensAsync(data) : [];
        Console.WriteLine(JsonSerializer.Serialize(new ServerPlace(server.HttpUrl.ToString(), server.GrpcAddress, tokens)));
        while (await Console.In.ReadLineAsync() is not null)
        {
            // All that can be freed is, so that what is left is what the server holds on to.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new MemoryUse(GC.GetTotalMemory(false), Anonymous(), process.Threads.Count, Directory.GetFiles("/proc/self/fd").Length)
                )
            );
        }

        return 0;
    }

    /// <summary>Of an administrator, an editor and a viewer.</summary>
    private static async Task<string[]> TokensAsync(string data)
    {
        await using var database = new SqliteDatabase(Path.Combine(data, "cairn.db"));
        var store = new TokenStore(database, TimeProvider.System, new RandomIdSource());
        var tokens = new List<string>();
        foreach (var role in (string[])["admin", "editor", "viewer"])
        {
            tokens.Add((await store.CreateAsync("user:" + role, Role.Find(role), null, null)).Secret);
        }

        return [.. tokens];
    }

    /// <summary>The memory of this process that no file stands for, in bytes.</summary>
    private static long Anonymous() =>
        File.ReadLines("/proc/self/status")
            .Where(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Select(static line =>
                long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture)
                << 10
            )
            .Single();
}
