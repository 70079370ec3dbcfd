using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Tracking;

/// <summary>
/// The body of <c>log-batch</c>, read in one pass without a document: the names of metrics that have been seen before become numbers from
/// their bytes, so that a point costs no object.
/// </summary>
internal sealed class MetricBatch
{
    private const int MaxMetrics = 1_000;
    private const int MaxOthers = 100;

    private readonly List<LoggedPoint> _points = [];
    private readonly List<(int Index, string Name)> _unknown = [];
    private readonly List<ModelPoint> _measured = [];
    private readonly List<Param> _parameters = [];
    private readonly List<KeyValuePair<string, string>> _tags = [];

    private MetricBatch() { }

    public string RunId { get; private set; } = "";

    public IReadOnlyList<Param> Params => _parameters;

    /// <summary>The points that measure logged models.</summary>
    public IReadOnlyList<ModelPoint> Measured => _measured;

    public IReadOnlyList<KeyValuePair<string, string>> Tags => _tags;

    /// <exception cref="StatusException">INVALID_ARGUMENT for what cannot be read, or is too much.</exception>
    public static MetricBatch Parse(ReadOnlySpan<byte> body, MetricKeys keys)
    {
        var batch = new MetricBatch();
        try
        {
            batch.Read(new Utf8JsonReader(body), keys);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw StatusException.InvalidArgument($"The batch cannot be read: {error.Message}");
        }

        if (batch.RunId.Length == 0)
        {
            throw MlflowArguments.Missing("run_id");
        }

        batch.CheckNames();
        Limit("metrics", batch._points.Count, MaxMetrics);
        Limit("params", batch._parameters.Count, MaxOthers);
        Limit("tags", batch._tags.Count, MaxOthers);
        Limit("metrics, params, and tags", batch._points.Count + batch._parameters.Count + batch._tags.Count, MaxMetrics);
        return batch;
    }

    /// <summary>The points, once names that were never seen have their numbers.</summary>
    public async ValueTask<LoggedPoint[]> PointsAsync(MetricKeys keys, CancellationToken cancellation)
    {
        if (_unknown.Count > 0)
        {
            var numbers = await keys.InternAsync(_unknown.Select(static entry => entry.Name), cancellation);
            foreach (var (index, name) in _unknown)
            {
                _points[index] = _points[index] with { Key = numbers[name] };
            }
        }

        return [.. _points];
    }

    private void CheckNames()
    {
        _unknown.ForEach(static entry => MlflowNames.Check(entry.Name, "metric"));
        _parameters.ForEach(static param => MlflowNames.Check(param.Key, "parameter"));
        _tags.ForEach(static tag => MlflowNames.Check(tag.Key, "tag"));
    }

    private void Read(Utf8JsonReader json, MetricKeys keys)
    {
        Expect(json.Read() && json.TokenType == JsonTokenType.StartObject, "it must be a JSON object.");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("metrics"u8))
            {
                json.Read();
                ReadList(
                    "metrics",
                    ref json,
                    keys,
                    static (ref Utf8JsonReader item, MetricKeys keys, MetricBatch batch) => batch.ReadMetric(ref item, keys)
                );
            }
            else if (json.ValueTextEquals("params"u8))
            {
                json.Read();
                ReadList(
                    "params",
                    ref json,
                    keys,
                    static (ref Utf8JsonReader item, MetricKeys _, MetricBatch batch) =>
                    {
                        var (key, value) = ReadPair(ref item, "params", batch._parameters.Count);
                        batch._parameters.Add(new Param(key, value));
                    }
                );
            }
            else if (json.ValueTextEquals("tags"u8))
            {
                json.Read();
                ReadList(
                    "tags",
                    ref json,
                    keys,
                    static (ref Utf8JsonReader item, MetricKeys _, MetricBatch batch) =>
                        batch._tags.Add(ReadPair(ref item, "tags", batch._tags.Count))
                );
            }
            else if (json.ValueTextEquals("run_id"u8))
            {
                json.Read();
                RunId =
                    json.TokenType == JsonTokenType.Null ? RunId
                    : json.TokenType == JsonTokenType.String ? json.GetString()!
                    : throw Wrong("run_id", ref json);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }
    }

    private delegate void ItemReader(ref Utf8JsonReader json, MetricKeys keys, MetricBatch batch);

    private void ReadList(string name, ref Utf8JsonReader json, MetricKeys keys, ItemReader read)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(name, ref json);
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Expect(json.TokenType == JsonTokenType.StartObject, "metrics, params and tags must be lists of objects.");
            read(ref json, keys, this);
        }
    }

    private void ReadMetric(ref Utf8JsonReader json, MetricKeys keys)
    {
        long key = -1;
        string? name = null;
        double? value = null;
        long? time = null;
        long step = 0;
        string? model = null;
        var (dataset, digest) = ("", "");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("key"u8))
            {
                json.Read();
                if (
                    json.TokenType == JsonTokenType.String
                    && !json.ValueIsEscaped
                    && !json.HasValueSequence
                    && keys.TryFind(json.ValueSpan, out key)
                )
                {
                    continue;
                }

                name = json.GetString();
            }
            else if (json.ValueTextEquals("value"u8))
            {
                json.Read();
                value = Double(ref json);
            }
            else if (json.ValueTextEquals("timestamp"u8))
            {
                json.Read();
                time = Whole(ref json);
            }
            else if (json.ValueTextEquals("step"u8))
            {
                json.Read();
                step = Whole(ref json);
            }
            else if (json.ValueTextEquals("model_id"u8))
            {
                json.Read();
                model = json.GetString();
            }
            else if (json.ValueTextEquals("dataset_name"u8))
            {
                json.Read();
                dataset = json.GetString() ?? "";
            }
            else if (json.ValueTextEquals("dataset_digest"u8))
            {
                json.Read();
                digest = json.GetString() ?? "";
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        var missing =
            key < 0 && string.IsNullOrEmpty(name) ? "key"
            : value is null ? "value"
            : time is null ? "timestamp"
            : null;
        if (missing is not null)
        {
            throw MlflowArguments.Missing($"metrics[{_points.Count}].{missing}");
        }

        Expect(time is > long.MinValue / 1_000 and < long.MaxValue / 1_000, $"the timestamp {time} is not milliseconds since 1970.");
        if (key < 0 || name is not null)
        {
            _unknown.Add((_points.Count, name!));
        }

        if (!string.IsNullOrEmpty(model))
        {
            _measured.Add(new ModelPoint(_points.Count, model, dataset, digest));
        }

        _points.Add(new LoggedPoint(key, new MetricPoint(step, time!.Value * 1_000, value!.Value)));
    }

    private static KeyValuePair<string, string> ReadPair(ref Utf8JsonReader json, string list, int index)
    {
        string? key = null;
        var value = "";
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = json.ValueTextEquals("key"u8);
            var isValue = json.ValueTextEquals("value"u8);
            json.Read();
            if (isKey)
            {
                key = json.GetString();
            }
            else if (isValue)
            {
                value =
                    json.TokenType == JsonTokenType.String ? json.GetString()!
                    : json.TokenType == JsonTokenType.Null ? ""
                    : Encoding.UTF8.GetString(json.ValueSpan);
            }
            else
            {
                json.Skip();
            }
        }

        return string.IsNullOrEmpty(key) ? throw MlflowArguments.Missing($"{list}[{index}].key") : KeyValuePair.Create(key, value);
    }

    private static double Double(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number
            ? json.GetDouble()
            : json.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" or "inf" => double.PositiveInfinity,
                "-Infinity" or "-inf" => double.NegativeInfinity,
                var text => double.Parse(text ?? "", NumberStyles.Float, CultureInfo.InvariantCulture),
            };

    private static long Whole(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            return json.TryGetInt64(out var whole) ? whole : checked((long)json.GetDouble());
        }

        var text = json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan;
        return Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length
            ? number
            : throw new FormatException("a step or timestamp is not a whole number.");
    }

    /// <summary>What is said of a value of another type than MLflow's; the shape of an object or list is told, not what is in it.</summary>
    private static StatusException Wrong(string name, ref Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.StartArray => MlflowArguments.Invalid(name, "[…]", "list"),
            JsonTokenType.StartObject => MlflowArguments.Invalid(name, "{…}", "dict"),
            JsonTokenType.String => MlflowArguments.Invalid(name, JsonSerializer.Serialize(json.GetString()), "str"),
            var token => MlflowArguments.Invalid(
                name,
                Encoding.UTF8.GetString(json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan),
                token != JsonTokenType.Number ? "bool"
                    : json.TryGetInt64(out _) ? "int"
                    : "float"
            ),
        };

    private static void Expect(bool holds, string message)
    {
        if (!holds)
        {
            throw new FormatException(message);
        }
    }

    private static void Limit(string what, int count, int most)
    {
        if (count > most)
        {
            throw StatusException.InvalidArgument(
                $"A batch logging request can contain at most {most} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again."
            );
        }
    }
}
