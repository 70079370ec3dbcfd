using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Telemetry;

namespace Cairn.Serving.Prediction;

/// <summary>
/// How long predictors take, what they fail with, and how many run, by the runtime that runs them. Models and endpoints are not told apart:
/// users make as many as they like.
/// </summary>
public sealed class PredictionTelemetry
{
    public const string Duration = "cairn.prediction.duration";
    public const string Predictors = "cairn.predictor.count";

    private const string Runtime = "cairn.predictor.runtime";

    private readonly Histogram<double> _duration;

    public PredictionTelemetry(IMeterFactory meters, PredictorHost host)
    {
        var meter = meters.Create(TelemetryNames.Meter);
        _duration = meter.CreateHistogram(Duration, "s", "How long predictors took for a request.", null, Buckets.Calls);
        meter.CreateObservableGauge(
            Predictors,
            () =>
                host.Count()
                    .Select(static some => new Measurement<long>(
                        some.Count,
                        [new(Runtime, some.Runtime), new("cairn.predictor.state", some.State)]
                    )),
            "{predictor}",
            "Deployed models on this server that run, start, or did not start."
        );
    }

    /// <summary>When a request came to a predictor; 0 where nobody measures.</summary>
    public long Begin() => _duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A span of a predictor's work; null where nobody records the call.</summary>
    public static Activity? Span(PredictorEntry entry) =>
        TelemetryNames.Recorded is null
            ? null
            : TelemetryNames
                .Spans.StartActivity("predict")
                ?.SetTag(Runtime, entry.Spec.Runtime)
                .SetTag("cairn.model", entry.Spec.Model.Name);

    /// <param name="began">From <see cref="Begin"/>.</param>
    /// <param name="entry">The predictor.</param>
    public void Ended(long began, PredictorEntry entry)
    {
        if (began != 0)
        {
            _duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>(Runtime, entry.Spec.Runtime));
        }
    }

    /// <summary>Notes a failure, which goes on its way: for a filter of exceptions.</summary>
    /// <returns>False.</returns>
    public bool Failed(long began, PredictorEntry entry, Exception error)
    {
        if (began != 0)
        {
            _duration.Record(
                Stopwatch.GetElapsedTime(began).TotalSeconds,
                new KeyValuePair<string, object?>(Runtime, entry.Spec.Runtime),
                new KeyValuePair<string, object?>(TelemetryNames.ErrorType, Word(error))
            );
        }

        Activity.Current?.SetStatus(ActivityStatusCode.Error);
        return false;
    }

    private static string Word(Exception error) =>
        error switch
        {
            StatusException status => CodeMap.Name(status.Code),
            OperationCanceledException => "CANCELLED",
            _ => "_OTHER",
        };
}
