using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// Says in the log what the cluster cannot be asked for: once for each reason, and when it can be again. What fails for the same reason as
/// something else is not said beside it.
/// </summary>
internal sealed partial class ClusterStanding(ILogger<ClusterStanding> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Reason, bool Said)> _troubles = [];
    private readonly HashSet<string> _once = [];

    /// <summary>Something has failed.</summary>
    /// <param name="what">What, as words that begin a sentence: <c>Listing Jobs</c>.</param>
    /// <param name="reason">Why, as a sentence.</param>
    public void Away(string what, string reason)
    {
        bool said;
        lock (_gate)
        {
            if (_troubles.GetValueOrDefault(what).Reason == reason)
            {
                return;
            }

            said = !_troubles.Values.Any(trouble => trouble.Said && trouble.Reason == reason);
            _troubles[what] = (reason, said);
        }

        if (said)
        {
            Log.Away(logger, what, reason);
        }
    }

    /// <summary>Something has succeeded.</summary>
    public void Well(string what)
    {
        bool said;
        lock (_gate)
        {
            said = _troubles.Remove(what, out var trouble) && trouble.Said;
        }

        if (said)
        {
            Log.Well(logger, what);
        }
    }

    /// <summary>Something stays as it is until an administrator changes it.</summary>
    public void Once(string sentence)
    {
        lock (_gate)
        {
            // Each names a place that this server once worked in, so there are few.
            if (!_once.Add(sentence))
            {
                return;
            }
        }

        Log.Once(logger, sentence);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{What} fails and is tried again; nothing is concluded of jobs meanwhile. {Reason}")]
        public static partial void Away(ILogger logger, string what, string reason);

        [LoggerMessage(2, LogLevel.Information, "{What} succeeds again.")]
        public static partial void Well(ILogger logger, string what);

        [LoggerMessage(3, LogLevel.Warning, "{Sentence}")]
        public static partial void Once(ILogger logger, string sentence);
    }
}
