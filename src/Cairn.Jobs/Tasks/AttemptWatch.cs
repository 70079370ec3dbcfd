using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Hears at once when an agent of this machine leaves its start record or its exit record. Agents elsewhere, whose folders are on a share,
/// are not heard; the controller's looks find all.
/// </summary>
internal sealed partial class AttemptWatch : IDisposable
{
    private readonly ConcurrentDictionary<string, string> _tasks = new(StringComparer.Ordinal);
    private readonly FolderWatch _folders;

    private readonly ILogger<AttemptWatch> _logger;
    private int _told;

    public AttemptWatch(ILogger<AttemptWatch> logger)
    {
        _logger = logger;
        _folders = new FolderWatch(Arrived);
    }

    /// <summary>Called with a task's id; it must not block.</summary>
    public Action<string>? Heard { get; set; }

    /// <summary>Listens for a task's agents. What they left before is to be looked for after this.</summary>
    public void Follow(string task, Gang gang)
    {
        foreach (var replica in gang.Replicas)
        {
            if (_tasks.TryAdd(replica.Directory.Path, task) && !_folders.TryAdd(replica.Directory.Path))
            {
                _tasks.TryRemove(replica.Directory.Path, out _);
                if (Interlocked.Exchange(ref _told, 1) == 0)
                {
                    Log.Deaf(_logger, replica.Directory.Path);
                }
            }
        }
    }

    public void Forget(Gang gang)
    {
        foreach (var replica in gang.Replicas)
        {
            _tasks.TryRemove(replica.Directory.Path, out _);
            _folders.Remove(replica.Directory.Path);
        }
    }

    public void Dispose() => _folders.Dispose();

    private void Arrived(string folder, string name)
    {
        if (AttemptDirectory.IsRecordOfAgent(name) && _tasks.TryGetValue(folder, out var task))
        {
            Heard?.Invoke(task);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "{Folder} cannot be watched, so the starts and ends of tasks are looked for and not heard of. The kernel's fs.inotify.max_user_instances or max_user_watches may be used up."
        )]
        public static partial void Deaf(ILogger logger, string folder);
    }
}
