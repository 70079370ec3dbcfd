using Cairn.Kernel.Hosting;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Environments;

/// <summary>
/// Removes environments that were not used for long, and the longest unused ones where all together are too large. Never one that a task
/// uses.
/// </summary>
internal sealed partial class EnvironmentJanitor(
    ServerEnvironment server,
    JobsOptions options,
    TimeProvider time,
    ILogger<EnvironmentJanitor> logger
) : IChore
{
    public Chore Chore { get; } = new("environments", TimeSpan.FromHours(1)) { First = TimeSpan.Zero };

    /// <summary>Where a server keeps its environments.</summary>
    public static string Folder(ServerEnvironment server) => Path.Combine(server.DataDirectory, "environments");

    public Task RunAsync(CancellationToken cancellation)
    {
        Collect();
        return Task.CompletedTask;
    }

    /// <summary>One round.</summary>
    internal void Collect()
    {
        var store = new EnvironmentStore(Folder(server), time);
        var all = store.Keys().ToList();

        // A folder without a record is being built, or its builder was killed; the lock tells.
        var whole = new List<(string Key, EnvironmentRecord Record, DateTimeOffset Used)>();
        foreach (var key in all)
        {
            if (store.Read(key) is { } record)
            {
                whole.Add((key, record, store.Used(key)));
            }
            else if (store.TryRemove(key))
            {
                Log.Half(logger, key);
            }
        }

        var space = whole.Sum(static environment => environment.Record.Bytes);
        foreach (var (key, record, used) in whole.OrderBy(static environment => environment.Used))
        {
            if ((time.GetUtcNow() - used > options.EnvironmentRetention || space > options.EnvironmentSpace) && store.TryRemove(key))
            {
                space -= record.Bytes;
                Log.Removed(logger, key, record.Bytes, used);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The Python environment {Key} ({Bytes} bytes, last used {Used}) is removed.")]
        public static partial void Removed(ILogger logger, string key, long bytes, DateTimeOffset used);

        [LoggerMessage(2, LogLevel.Information, "The Python environment {Key} was never finished and is removed.")]
        public static partial void Half(ILogger logger, string key);
    }
}
