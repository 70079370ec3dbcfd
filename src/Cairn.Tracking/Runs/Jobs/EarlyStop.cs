using System.Globalization;
using Cairn.Kernel.Database;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>
/// Whether its objective stopped a training before its end, by which rule and where. A program says so in the tags <c>stopping.reason</c>,
/// <c>stopping.rule</c> and
/// <c>stopping.step</c>; where it does not, what MLflow's autologging logs tells: the metrics <c>stopped_epoch</c> (Keras, PyTorch
/// Lightning) and <c>stopped_iteration</c> (XGBoost, LightGBM), and the callback's parameters.
/// </summary>
/// <param name="Rule">Such as <c>patience 3 on val_loss</c>.</param>
/// <param name="Step">The last epoch or iteration, or null where it is not known.</param>
public sealed record EarlyStop(string Rule, long? Step)
{
    public const string ReasonTag = "stopping.reason";
    public const string RuleTag = "stopping.rule";
    public const string StepTag = "stopping.step";

    /// <summary>What the reason is where the objective stopped it.</summary>
    public const string Reason = "early_stopping";

    /// <summary>What a run tells, or null for one that went to its end.</summary>
    public static EarlyStop? Of(RunData data)
    {
        var tags = data.Tags.ToDictionary(static tag => tag.Key, static tag => tag.Value, StringComparer.Ordinal);
        if (tags.TryGetValue(ReasonTag, out var reason))
        {
            return reason == Reason
                ? new EarlyStop(
                    tags.GetValueOrDefault(RuleTag, ""),
                    long.TryParse(tags.GetValueOrDefault(StepTag), NumberStyles.Integer, CultureInfo.InvariantCulture, out var told)
                        ? told
                        : null
                )
                : null;
        }

        var metrics = data.Metrics.ToDictionary(static metric => metric.Name, static metric => metric.Point.Value, StringComparer.Ordinal);
        var parameters = data.Params.ToDictionary(static param => param.Key, static param => param.Value, StringComparer.Ordinal);

        // Keras' stopped_epoch is 0 where nothing stopped it. The boosters log stopped_iteration in any case: it is a stop where the best
        // one was as many rounds before.
        if (metrics.TryGetValue("stopped_epoch", out var epoch) && epoch > 0)
        {
            return new EarlyStop(RuleOf(parameters, "patience", parameters.GetValueOrDefault("monitor")), (long)epoch);
        }

        return
            metrics.TryGetValue("stopped_iteration", out var iteration)
            && metrics.TryGetValue("best_iteration", out var best)
            && parameters.TryGetValue("early_stopping_rounds", out var text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rounds)
            && iteration - best >= rounds
            ? new EarlyStop(RuleOf(parameters, "early_stopping_rounds", null), (long)iteration)
            : null;
    }

    /// <summary>Writes it into the run's tags, where it is not told there already.</summary>
    public void Write(ISqlSession session, Run run)
    {
        RunFields.SuggestTag(session, run, ReasonTag, Reason);
        RunFields.SuggestTag(session, run, RuleTag, Rule);
        if (Step is { } step)
        {
            RunFields.SuggestTag(session, run, StepTag, step.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string RuleOf(Dictionary<string, string> parameters, string name, string? monitored) =>
        parameters.TryGetValue(name, out var value) ? $"{name} {value}{(monitored is null ? "" : " on " + monitored)}" : "its callback's";
}
