using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Shell;
using Cairn.Server.Telemetry;

namespace Cairn.Cli.Commands.Server;

/// <summary>What a server tells of itself, as options of its command line.</summary>
internal sealed class TelemetryFlags
{
    private readonly Option<bool> _metrics = new("--metrics")
    {
        Description =
            "Answer GET /metrics, for Prometheus; it needs a token of the role monitor or admin where the server asks for tokens.",
    };

    private readonly Option<string?> _endpoint = new("--telemetry-endpoint")
    {
        Description =
            "The collector that traces and metrics are sent to by OTLP, as http://127.0.0.1:4318. From OTEL_EXPORTER_OTLP_ENDPOINT if not given; none sends nothing.",
        HelpName = "URL|none",
    };

    private readonly Option<string> _rate = new("--trace-rate")
    {
        Description = "The most traces a second that begin at this server; 0 for those only that callers begin.",
        HelpName = "N",
        DefaultValueFactory = static _ => TelemetryOptions.DefaultTraceRate.ToString(CultureInfo.InvariantCulture),
    };

    public IEnumerable<Option> All => [_metrics, _endpoint, _rate];

    /// <exception cref="CliException">Wrong usage.</exception>
    public TelemetryOptions Read(ParseResult parse)
    {
        var endpoint = Endpoint(parse.GetValue(_endpoint));
        if (TelemetryOptions.IsDisabled && (endpoint is not null || parse.GetValue(_metrics)))
        {
            throw CliException.Usage(
                $"OTEL_SDK_DISABLED is true, with which nothing is measured, and {(endpoint is null ? _metrics.Name : _endpoint.Name)} is given. Take one of them away."
            );
        }

        return new TelemetryOptions
        {
            Metrics = parse.GetValue(_metrics),
            Endpoint = endpoint,
            EndpointFromEnvironment = parse.GetValue(_endpoint) is null && TelemetryOptions.IsInEnvironment,
            TraceRate =
                int.TryParse(parse.GetValue(_rate), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate <= 1_000_000
                    ? rate
                    : throw CliException.Usage($"{_rate.Name} is '{parse.GetValue(_rate)}'; it must be a number from 0 to 1000000."),
        };
    }

    private Uri? Endpoint(string? given) =>
        given is null or "none" ? null
        : Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 ? url
        : throw CliException.Usage($"{_endpoint.Name} is '{given}'; it must be an address such as http://127.0.0.1:4318, or none.");
}
