using Cairn.Jobs.Executors;
using Cairn.Kernel.Hosting;
using Google.Cloud.AIPlatform.V1;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Limits;

/// <summary>What this server holds its tasks to, and by what.</summary>
internal sealed partial class LimitKeeper(ServerEnvironment server, JobsOptions options, ILogger<LimitKeeper> logger)
{
    private readonly JobGroups _groups = new(server);

    /// <summary>Makes the control group for tasks where this machine permits one, and says in the log which way tasks are held to their
    /// limits.</summary>
    public void Begin()
    {
        if (options.Executor != JobsExecutor.Local || !OperatingSystem.IsLinux())
        {
            return;
        }

        var hindrance = options.Limits.ControlGroups
            ? _groups.Prepare()
            : "this server is configured not to use them (--job-control-groups off)";
        if (hindrance is { } obstacle)
        {
            Log.Looking(logger, obstacle);
        }
        else
        {
            Log.Grouping(logger, _groups.Folder!);
        }
    }

    /// <param name="pool">What a replica's job asks for.</param>
    /// <param name="executor">Who runs it.</param>
    public TaskLimits Of(WorkerPoolSpec pool, string executor) =>
        TaskLimits.Of(options.Limits, pool, Schedulers.Has(executor), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, _groups.Folder);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Tasks are held to their memory and processes by control groups in {Folder}, and to their disk by their agents."
        )]
        public static partial void Grouping(ILogger logger, string folder);

        [LoggerMessage(
            2,
            LogLevel.Information,
            "Tasks are held to their memory, processes and disk by their agents, which look; control groups are not used: {Obstacle}."
        )]
        public static partial void Looking(ILogger logger, string obstacle);
    }
}
