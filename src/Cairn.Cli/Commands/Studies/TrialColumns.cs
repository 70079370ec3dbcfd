using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Tune;
using Cairn.Cli.Output;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Studies;

/// <summary>Trials as tables show them: with their parameters and metrics on one line.</summary>
internal static class TrialColumns
{
    public static readonly Column[] All =
    [
        new("TRIAL", "id"),
        new("STATE", "state"),
        new("METRICS", "metricsLine"),
        new("PARAMETERS", "parametersLine"),
        new("CLIENT", "clientId"),
    ];

    public static string Format(Trial trial)
    {
        var json = JsonNode.Parse(ProtoJson.Format(trial))!.AsObject();
        json["metricsLine"] = string.Join(
            ' ',
            trial.FinalMeasurement?.Metrics.Select(static metric => FormattableString.Invariant($"{metric.MetricId}={metric.Value:G6}"))
                ?? []
        );
        json["parametersLine"] = string.Join(' ', TrialTable.Values(trial).Select(static pair => $"{pair.Key}={pair.Value}"));
        return json.ToJsonString();
    }
}
