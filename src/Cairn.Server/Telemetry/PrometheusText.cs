using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Cairn.Server.Telemetry;

/// <summary>
/// Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), with OpenTelemetry's names made
/// Prometheus' as its specification says (opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics).
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Who is measured.</summary>
    public void Target(Resource resource)
    {
        _text.Append("# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info");
        Labels(resource.Attributes.Select(static pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)), null);
        _text.Append(" 1\n");
    }

    public void Add(Metric metric)
    {
        var (type, isHistogram) = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => ("counter", false),
            MetricType.Histogram => ("histogram", true),
            MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => (
                "gauge",
                false
            ),
            _ => ("", false),
        };
        if (type.Length == 0)
        {
            return;
        }

        var name = PrometheusNames.Of(metric.Name, metric.Unit, type);
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(metric.Description, quotes: false)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = new List<KeyValuePair<string, object?>>(point.Tags.Count);
            foreach (var tag in point.Tags)
            {
                labels.Add(tag);
            }

            if (isHistogram)
            {
                Histogram(name, labels, point);
            }
            else
            {
                Line(name, labels, null, Value(metric.MetricType, point));
            }
        }
    }

    public override string ToString() => _text.ToString();

    private void Histogram(string name, List<KeyValuePair<string, object?>> labels, in MetricPoint point)
    {
        // Buckets of the format hold what the ones below them do.
        var count = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            Line(name + "_bucket", labels, bucket.ExplicitBound, count);
        }

        Line(name + "_sum", labels, null, point.GetHistogramSum());
        Line(name + "_count", labels, null, point.GetHistogramCount());
    }

    private static double Value(MetricType type, in MetricPoint point) =>
        type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            _ => point.GetGaugeLastValueDouble(),
        };

    private void Line(string name, IEnumerable<KeyValuePair<string, object?>> labels, double? bound, double value)
    {
        _text.Append(name);
        Labels(labels, bound);
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void Labels(IEnumerable<KeyValuePair<string, object?>> labels, double? bound)
    {
        var written = 0;
        foreach (var (key, value) in labels)
        {
            Label(PrometheusNames.Label(key), Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", written++);
        }

        if (bound is { } upTo)
        {
            Label("le", Number(upTo), written++);
        }

        _text.Append(written > 0 ? "}" : "");
    }

    private void Label(string name, string value, int before) =>
        _text.Append(before == 0 ? '{' : ',').Append(name).Append("=\"").Append(Escape(value, quotes: true)).Append('"');

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
