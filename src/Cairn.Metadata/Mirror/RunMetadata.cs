using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Mirror;

/// <summary>
/// The part of a context's metadata that is the run's, taken apart: what the run store can hold as parameters, metrics and state, and the
/// rest, which the node keeps (lists, flags, text among metrics, names that no run may use).
/// </summary>
internal sealed class RunMetadata
{
    public const string ParamsKey = "_params";
    public const string MetricsKey = "_metrics";
    public const string StateKey = "_state";

    private RunMetadata(Struct rest) => Rest = rest;

    public List<Param> Params { get; } = [];

    public List<(string Name, double Value)> Metrics { get; } = [];

    /// <summary>Null where none was given, or none that is known.</summary>
    public RunStatus? Status { get; private set; }

    /// <summary>What stays in the node.</summary>
    public Struct Rest { get; }

    public static RunMetadata Of(Struct? metadata)
    {
        var taken = new RunMetadata(metadata?.Clone() ?? new Struct());
        var fields = taken.Rest.Fields;
        if (Nested(fields, ParamsKey) is { } parameters)
        {
            foreach (var (key, value) in parameters.Fields.ToArray())
            {
                if (Text(value) is { } text && Fits(key, "parameter") && text.Length <= RunFields.MaxParamValue)
                {
                    taken.Params.Add(new Param(key, text, value.KindCase == Value.KindOneofCase.NumberValue));
                    if (value.KindCase != Value.KindOneofCase.BoolValue)
                    {
                        parameters.Fields.Remove(key);
                    }
                }
            }
        }

        if (Nested(fields, MetricsKey) is { } metrics)
        {
            foreach (var (key, value) in metrics.Fields.ToArray())
            {
                if (Number(value) is { } number && Fits(key, "metric"))
                {
                    taken.Metrics.Add((key, number));
                    metrics.Fields.Remove(key);
                }
            }
        }

        if (
            fields.TryGetValue(StateKey, out var state)
            && state.KindCase == Value.KindOneofCase.StringValue
            && RunState.Parse(state.StringValue) is { } status
        )
        {
            taken.Status = status;
            if (RunState.Of(status) == state.StringValue)
            {
                fields.Remove(StateKey);
            }
        }

        foreach (var key in (string[])[ParamsKey, MetricsKey])
        {
            if (Nested(fields, key) is { Fields.Count: 0 })
            {
                fields.Remove(key);
            }
        }

        return taken;
    }

    /// <summary>What the node keeps, and what the run has, as one.</summary>
    public static Struct Compose(Struct? rest, Run run, RunData data)
    {
        var metadata = rest?.Clone() ?? new Struct();
        var parameters = Nested(metadata.Fields, ParamsKey) ?? new Struct();
        foreach (var param in data.Params)
        {
            // A flag is text in the run; the node knows that it is one, as long as it is the same.
            if (!parameters.Fields.TryGetValue(param.Key, out var kept) || Text(kept) != param.Value)
            {
                parameters.Fields[param.Key] =
                    param.IsNumber
                    && double.TryParse(param.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number)
                        ? Value.ForNumber(number)
                        : Value.ForString(param.Value);
            }
        }

        var metrics = Nested(metadata.Fields, MetricsKey) ?? new Struct();
        foreach (var metric in data.Metrics)
        {
            metrics.Fields[metric.Name] = double.IsFinite(metric.Point.Value)
                ? Value.ForNumber(metric.Point.Value)
                : Value.ForString(NotFinite(metric.Point.Value));
        }

        metadata.Fields[ParamsKey] = Value.ForStruct(parameters);
        metadata.Fields[MetricsKey] = Value.ForStruct(metrics);
        if (!metadata.Fields.TryGetValue(StateKey, out var state) || RunState.Parse(state.StringValue) != run.Status)
        {
            metadata.Fields[StateKey] = Value.ForString(RunState.Of(run.Status));
        }

        return metadata;
    }

    private static Struct? Nested(IDictionary<string, Value> fields, string key) =>
        fields.TryGetValue(key, out var value) && value.KindCase == Value.KindOneofCase.StructValue ? value.StructValue : null;

    private static string? Text(Value value) =>
        value.KindCase switch
        {
            Value.KindOneofCase.StringValue => value.StringValue,
            Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
            Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
            _ => null,
        };

    /// <summary>JSON has no NaN and no infinities; they are written as text.</summary>
    private static double? Number(Value value) =>
        value.KindCase switch
        {
            Value.KindOneofCase.NumberValue => value.NumberValue,
            Value.KindOneofCase.StringValue => value.StringValue switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => null,
            },
            _ => null,
        };

    private static string NotFinite(double value) =>
        double.IsNaN(value) ? "NaN"
        : value > 0 ? "Infinity"
        : "-Infinity";

    private static bool Fits(string key, string what)
    {
        try
        {
            RunFields.CheckKey(key, what);
            return true;
        }
        catch (StatusException)
        {
            return false;
        }
    }
}
