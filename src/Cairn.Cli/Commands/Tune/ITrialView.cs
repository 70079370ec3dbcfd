using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Tune;

/// <summary>Shows trials to the person who waits for them. Workers call it at the same time.</summary>
internal interface ITrialView
{
    /// <summary>Shows what goes on until the work is done.</summary>
    Task WatchAsync(Task work);

    void Started(Trial trial);

    /// <summary>A value that a trial that runs has reported.</summary>
    void Reported(Trial trial, double value);

    /// <param name="trial">The trial.</param>
    /// <param name="value">Its metric, or null.</param>
    /// <param name="problem">Why there is none, or empty.</param>
    void Ended(Trial trial, double? value, string problem);
}
